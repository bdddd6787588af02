#!/usr/bin/env python3
"""Holds saker against what Falco printed for the recorded captures.

    run.py --bin build/saker --shared ../shared [--only NAME,...] [--part fields|text|alerts] [--keep FOLDER] [--examples N]

For each golden file: replay the capture with one rule whose output holds all fields (fields: the JSON values, text:
what an alert's text shows), or with golden/rules/basics.yaml (alerts), and compare with golden/compare.py.  Known
differences, each with its reason, stand in KNOWN.md as lines `- NAME PART FIELD EXPECTED => OURS: reason`: where the
golden value of the field matches the regular expression EXPECTED, ours has to be OURS (both are JSON without blanks).
FIELD@TYPE is of events with that evt.type alone.
Exit status 0 only when nothing else differs.
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
INDEXED = ['evt.arg[%d]' % i for i in range(8)] + ['proc.apid[%d]' % i for i in range(3)] \
    + ['proc.aname[%d]' % i for i in range(4)] + ['proc.args[%d]' % i for i in range(3)] \
    + ['%s[%d]' % (f, i) for f in ('proc.aexe', 'proc.aexepath', 'proc.acmdline', 'proc.aargs') for i in (1, 2)] \
    + ['proc.env[%s]' % k for k in ('PATH', 'HOME', 'NOSUCH')] + ['proc.aenv[%s]' % k for k in ('HOME', '1', '2')] \
    + ['fd.types[%d]' % i for i in (0, 1, 3)] + ['thread.cgroup.' + k for k in ('cpu', 'cpuset', 'memory', 'pids')] \
    + ['evt.abspath', 'evt.abspath.src', 'evt.abspath.dst']
# golden/README.md, "Left out"
LEFT_OUT = re.compile(r'^(evt\.(hostname|around|plugin\w*|type\.is|infra\..*|arg|rawarg|abspath|deltatime.*)|util\.cnt'
                      r'|fd\.(ip|port|proto|net|[cslr]net|[cslr]ip\.name|container\w+)|thread\.cgroup'
                      r'|proc\.exe_ino\.ctime_duration_.*)$')
RAW_LEFT_OUT = {'PT_ERRNO', 'PT_SIGTYPE', 'PT_SOCKTUPLE', 'PT_SOCKADDR', 'PT_FDLIST', 'PT_SYSCALLID', 'PT_SIGSET',
                'PT_MODE', 'PT_DYN', 'PT_CHARBUFARRAY', 'PT_CHARBUF_PAIR_ARRAY'}
CAPTURES = {  # golden name -> capture below captures/
    **{n: n + '.scap.gz' for n in ('files', 'net', 'attacks', 'shell', 'build')},
    **{n: 'upstream/' + n + '.scap' for n in ('cat_write', 'connect_localhost', 'empty', 'open-multiple-files',
                                             'ping_sendto', 'syscall', 'sample')},
    'shell.tail': 'shell.scap.gz', 'bench-mixed': 'bench/mixed.scap.gz',
}


def tsv(path):
    with open(path, encoding='utf-8') as f:
        rows = [l.rstrip('\n').split('\t') for l in f if not l.startswith('#')]
    return [dict(zip(rows[0], r)) for r in rows[1:]]


def field_list(shared, part):
    ref = os.path.join(shared, 'reference')
    names = [r['field'] for r in tsv(os.path.join(ref, 'fields.tsv')) if not LEFT_OUT.match(r['field'])]
    params, raw_bad = [], set()
    for r in tsv(os.path.join(ref, 'event_params.tsv')):
        if r['param_name'] not in params:
            params.append(r['param_name'])
        if r['type'] in RAW_LEFT_OUT:
            raw_bad.add(r['param_name'])
    names += INDEXED + ['evt.arg.' + p for p in params] + ['evt.rawarg.' + p for p in params if p not in raw_bad]
    if part == 'text':
        names += ['evt.deltatime', 'evt.deltatime.s', 'evt.deltatime.ns']
    # Falco extracted evt.abspath after evt.count.error.* and before fd.*: extracting it moves the event's fd
    # (docs/differences.md)
    return sorted(names, key=lambda n: 0 if n.startswith('evt.count.error.') else 1 if n.startswith('evt.abspath') else 2)


def golden_bounds(path):
    with gzip.open(path, 'rt', encoding='utf-8', errors='replace') as f:
        first = last = next(f)
        for last in f:
            pass
    return json.loads(first)['evt.num'], json.loads(last)['evt.num']


def find_captures(shared, name):
    base = os.path.join(shared, 'captures', CAPTURES[name])
    for p in (base, base + '.gz', base[:-3]):
        if os.path.exists(p):
            return p
    raise SystemExit('no capture for golden ' + name)


CONFIG = '''\
json_output: true
json_include_output_property: true
json_include_output_fields_property: true
json_include_tags_property: true
priority: debug
rule_matching: all
buffered_outputs: true
stdout_output: {enabled: true}
log_level: error
log_syslog: false
append_output:
  - match: {source: syscall}
    extra_fields: [evt.num]
'''


def replay(args, capture, rules, out, work, json_output=True):
    config = os.path.join(work, 'config.yaml')
    with open(config, 'w') as f:
        f.write(CONFIG)
    cmd = [args.bin, '-c', config, '-r', rules, '-e', capture, '-o', 'json_output=%s' % str(json_output).lower()]
    env = dict(os.environ, TZ='UTC', FALCO_HOSTNAME='lab')
    with open(out, 'wb') as f:
        p = subprocess.run(cmd, stdout=f, stderr=subprocess.PIPE, env=env)
    if p.returncode != 0:
        return 'saker: exit %d: %s' % (p.returncode, p.stderr.decode('utf-8', 'replace')[-600:])
    return None


SEP, BEGIN, END = ' ~|~ ', '[#', '#]'


def text_rows(path, names, out):
    data = open(path, 'rb').read().decode('utf-8', 'replace')
    with open(out, 'w', encoding='utf-8') as f:
        for m in re.finditer(r'\[#(.*?)#\]\n', data, re.S):
            vals = m[1].split(SEP)
            e = {n: v for n, v in zip(names, vals) if v != '<NA>'}
            e['evt.num'] = int(e['evt.num'])
            f.write(json.dumps(e, ensure_ascii=False) + '\n')


def golden_file(args, part, name):
    return os.path.join(args.shared, 'golden', part, name + ('.basics' if part == 'alerts' else '') + '.jsonl.gz')


def run_one(args, part, name, known, work):
    golden = golden_file(args, part, name)
    capture, got = find_captures(args.shared, name), os.path.join(work, 'got.jsonl')
    compare = [sys.executable, os.path.join(args.shared, 'golden', 'compare.py'),
               'alerts' if part == 'alerts' else 'fields', golden, got, '--examples', str(args.examples)]
    if part != 'alerts':
        compare.append('--quiet')
    if part == 'alerts':
        err = replay(args, capture, os.path.join(args.shared, 'golden/rules/basics.yaml'), got, work)
    else:
        names = field_list(args.shared, part)
        first, last = golden_bounds(golden)
        rules = os.path.join(work, 'all.yaml')
        with open(rules, 'w') as f:
            text = part == 'text'
            output = BEGIN + SEP.join('%' + n for n in names) + END if text else ' '.join('%' + n for n in names)
            f.write('- rule: all\n  desc: all fields\n  priority: INFO\n  warn_evttypes: false\n'
                    '  condition: evt.num >= %d and evt.num <= %d\n  output: "%s"\n' % (first, last, output))
        raw = os.path.join(work, 'raw')
        err = replay(args, capture, rules, raw if part == 'text' else got, work, part != 'text')
        if part == 'text' and not err:
            text_rows(raw, names, got)
    if err:
        return part, name, False, err
    mine = [k for k in known if k.capture in ('*', name) and k.part == part]
    if mine:
        compare[3] = os.path.join(work, 'golden.jsonl')
        excuse(golden, compare[3], mine)
    p = subprocess.run(compare, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return part, name, p.returncode == 0, p.stdout.decode('utf-8', 'replace')


class Known:
    """A line of KNOWN.md."""
    LINE = re.compile(r'- (\S+) (fields|text|alerts) (\S+) (\S+) => (\S+): \S')

    def __init__(self, m):
        self.capture, self.part, self.line = m[1], m[2], m[0]
        field, _, self.type = m[3].partition('@')
        self.key, self.type = '"%s":' % field, '"evt.type":"%s"' % self.type if self.type else ''
        self.pattern, self.ours = re.compile(re.escape(self.key) + '(?:%s)(?=[,}])' % m[4]), self.key + m[5]
        self.used = 0


def excuse(golden, path, known):
    """A copy of the golden file, ours where a known difference has it."""
    with gzip.open(golden, 'rt', encoding='utf-8', errors='replace') as f, open(path, 'w', encoding='utf-8') as out:
        for line in f:
            for k in known:
                if k.key in line and k.type in line:
                    line, n = k.pattern.subn(lambda _: k.ours, line)
                    k.used += n
            out.write(line)


def known_differences():
    with open(os.path.join(HERE, 'KNOWN.md'), encoding='utf-8') as f:
        return [Known(m) for m in map(Known.LINE.match, f) if m]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--bin', required=True)
    ap.add_argument('--shared', required=True)
    ap.add_argument('--only', default='')
    ap.add_argument('--part', default='')
    ap.add_argument('--keep', default='')
    ap.add_argument('--examples', type=int, default=3)
    ap.add_argument('--jobs', type=int, default=2)
    args = ap.parse_args()
    args.bin = os.path.abspath(args.bin)
    only, known = set(filter(None, args.only.split(','))), known_differences()
    jobs = []
    for part in ('alerts', 'fields', 'text'):
        folder = os.path.join(args.shared, 'golden', part)
        for f in sorted(os.listdir(folder)):
            name = f[:-len('.jsonl.gz')].removesuffix('.basics')
            if (not only or name in only) and (not args.part or args.part == part):
                jobs.append((part, name))
    bad = 0
    with tempfile.TemporaryDirectory() as tmp, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        futures = {}
        # the longest first, or it would run alone at the end
        for part, name in sorted(jobs, key=lambda j: -os.path.getsize(golden_file(args, *j))):
            work = os.path.join(args.keep or tmp, part + '-' + name)
            os.makedirs(work, exist_ok=True)
            futures[part, name] = pool.submit(run_one, args, part, name, known, work)
        for job in jobs:
            part, name, ok, text = futures[job].result()
            bad += not ok
            last = text.strip().splitlines()[-1] if text.strip() else ''
            print('%-6s %-20s %s %s' % (part, name, 'equal ' if ok else 'DIFFERS', last if ok else ''), flush=True)
            if not ok:
                print(text)
    for k in known:
        if k.used or not (only or args.part):
            print('known, %d values: %s' % (k.used, k.line))
    print('golden: %d passed, %d failed' % (len(jobs) - bad, bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
