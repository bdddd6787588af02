std = 'luajit'
max_line_length = 100
files['test/lua'] = { std = 'luajit+busted' }
files['scripts'] = { std = 'luajit' }
