#!/usr/bin/env python3
"""Speed of a replay, as multiples of the floor (../shared/bench).

    run.py --bin build/saker --shared ../shared [--runs N] [--goals] [--instructions] [--work FOLDER]

Replays captures/bench/mixed.scap.gz, unpacked, with a rule that never matches, the shipped rules, and
golden/rules/basics.yaml (JSON alerts to a file).  CPU time of the whole process, start included, interleaved with the floor;
medians.  --instructions: user instructions an event by callgrind on a smaller capture (repeatable, for CI).
"""
import argparse
import gzip
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NEVER = '''- rule: never
  desc: never matches
  condition: evt.type = openat and fd.name = /no/such/file/anywhere
  output: never %evt.num
  priority: INFO
'''
GOALS = {'never': 5, 'shipped': 8, 'basics': 20}


def cpu_of(cmd, env, out):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(out, 'wb') as f:
        p = subprocess.run(cmd, stdout=f, stderr=subprocess.PIPE, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if p.returncode != 0:
        sys.exit('%s: exit %d: %s' % (' '.join(cmd), p.returncode, p.stderr.decode()[-500:]))
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def anonymous_mib(cmd, env, out):
    peak = 0
    with open(out, 'wb') as f:
        p = subprocess.Popen(cmd, stdout=f, stderr=subprocess.DEVNULL, env=env)
        while p.poll() is None:
            try:
                with open('/proc/%d/status' % p.pid) as s:
                    m = re.search(r'RssAnon:\s+(\d+)', s.read())
                    peak = max(peak, int(m[1]) if m else 0)
            except OSError:
                pass
            time.sleep(0.005)
    return peak / 1024


def prepare(args, work):
    plain = os.path.join(work, 'mixed.scap')
    source = os.path.join(args.shared, 'captures/bench/mixed.scap.gz')
    if not os.path.exists(plain):
        with gzip.open(source, 'rb') as i, open(plain + '.part', 'wb') as o:
            shutil.copyfileobj(i, o, 1 << 20)
        os.rename(plain + '.part', plain)
    floor = os.path.join(work, 'floor')
    subprocess.run(['gcc', '-O2', '-o', floor, os.path.join(args.shared, 'bench/floor.c')], check=True,
                   stderr=subprocess.DEVNULL)
    never = os.path.join(work, 'never.yaml')
    with open(never, 'w') as f:
        f.write(NEVER)
    rules = {'never': never, 'shipped': os.path.join(args.root, 'rules/saker_rules.yaml'),
             'basics': os.path.join(args.shared, 'golden/rules/basics.yaml')}
    return plain, floor, {k: v for k, v in rules.items() if os.path.exists(v)}


def command(args, rules, capture):
    return [args.bin, '-c', '/dev/null', '-r', rules, '-e', capture, '-o', 'json_output=true',
            '-o', 'rule_matching=all', '-o', 'log_level=error']


def times(args, plain, floor, rules, env, out):
    taken = {k: [] for k in ['floor', *rules]}
    for _ in range(args.runs):
        taken['floor'].append(cpu_of([floor, plain], env, out))
        for name, path in rules.items():
            taken[name].append(cpu_of(command(args, path, plain), env, out))
    return {k: statistics.median(v) for k, v in taken.items()}


def start_ms(args, rules, env, out, work):
    tiny = os.path.join(args.shared, 'captures/upstream/empty.scap')
    t = []
    for _ in range(args.runs):
        a = time.monotonic()
        cpu_of(command(args, rules['never'], tiny), env, out)
        t.append((time.monotonic() - a) * 1000)
    return statistics.median(t)


def instructions(args, rules, env, work):
    capture = os.path.join(args.shared, 'captures/attacks.scap.gz')
    tiny = os.path.join(args.shared, 'captures/upstream/empty.scap')
    plain = os.path.join(work, 'attacks.scap')
    with gzip.open(capture, 'rb') as i, open(plain, 'wb') as o:
        shutil.copyfileobj(i, o)
    res = {}
    for name, path in rules.items():
        n = []
        for c in (tiny, plain):
            p = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', *command(args, path, c)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)
            m = re.search(rb'Collected : (\d+)', p.stderr)
            if not m:
                sys.exit('callgrind: ' + p.stderr.decode()[-500:])
            n.append(int(m[1]))
        res[name] = (n[1] - n[0]) / 74007
    return res


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--bin', required=True)
    ap.add_argument('--shared', required=True)
    ap.add_argument('--runs', type=int, default=5)
    ap.add_argument('--goals', action='store_true', help='fail when a goal is missed')
    ap.add_argument('--instructions', action='store_true')
    ap.add_argument('--max-instructions', default='', help='NAME=N,...: fail when more are needed')
    ap.add_argument('--work', default='')
    args = ap.parse_args()
    args.bin, args.root = os.path.abspath(args.bin), os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    work = args.work or tempfile.mkdtemp(prefix='saker-bench-')
    os.makedirs(work, exist_ok=True)
    env, out, events, bad = dict(os.environ, TZ='UTC'), os.path.join(work, 'out'), 2129683, False
    plain, floor, rules = prepare(args, work)
    if args.instructions:
        limit = dict(kv.split('=') for kv in args.max_instructions.split(',') if kv)
        for name, n in instructions(args, rules, env, work).items():
            over = name in limit and n > float(limit[name])
            bad |= over
            print('%-8s %8.0f instructions an event%s' % (name, n, '  OVER ' + limit[name] if over else ''))
        return 1 if bad else 0
    med = times(args, plain, floor, rules, env, out)
    print('%-8s %8s %12s %8s %8s %8s %10s' % ('rules', 'CPU s', 'M events/s', 'ns/event', 'x floor', 'goal', 'anon MiB'))
    for name, sec in med.items():
        goal = GOALS.get(name)
        ratio = sec / med['floor']
        anon = anonymous_mib(command(args, rules[name], plain), env, out) if name in rules else 0
        miss = goal is not None and ratio > goal or anon > 20
        bad |= miss
        print('%-8s %8.3f %12.2f %8.1f %8.2f %8s %10.1f%s' % (name, sec, events / sec / 1e6, sec / events * 1e9, ratio,
                                                             goal or '', anon, '  MISSED' if miss else ''))
    ms = start_ms(args, rules, env, out, work)
    bad |= ms > 50
    print('process start to the end of a small capture: %.0f ms (goal 50)%s' % (ms, '  MISSED' if ms > 50 else ''))
    return 1 if bad and args.goals else 0


if __name__ == '__main__':
    sys.exit(main())
