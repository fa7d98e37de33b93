#!/usr/bin/env python3
"""Assertions of bats files that cannot fail, of the kinds that shellcheck(1)
does not know.

    asserts.py FILE...      complaints, one a line; 1 when there are any
    asserts.py --self-test  does it find what is planted?

- `a && b' that is not the last command of its function: when a fails, nothing
  happens.
- `run command' whose status nobody looks at before the next `run'.  A function
  that ends with a `run' hands that over to who calls it.
- `for x in $(command)': a command that fails leaves nothing to do.
- a file of tests that does not load assert.bash, or has functions of its own
  under the names of that: the others there would use them.
"""
import os
import re
import sys

HEREDOC = re.compile(r"<<(-?)\s*(\\?['\"]?)(\w+)['\"]?")
OPEN_ENDED = re.compile(r'(&&|\|\||\||\\)\s*$')
RUN = re.compile(r'^(?:\w+=\S* )*(\w+)(?= |$)')


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       'assert.bash'), encoding='utf-8') as helpers:
    OURS = set(re.findall(r'^(\w+)\(\)', helpers.read(), re.M))


def bare(text):
    """The text with the insides of quotes and $(...) as dots, and whether one
    of them is still open at its end."""
    out, stack, i = [], [], 0
    while i < len(text):
        c, top = text[i], stack[-1] if stack else ''
        if top == "'":
            if c == "'":
                stack.pop()
        elif c == '\\':
            if text[i + 1:i + 2] in ('', '\n') and not stack:
                out.append(' ' if text[i + 1:] else c)
                i += 2
                continue
            i += 1
        elif c == "'" and top != '"':
            stack.append(c)
        elif c == '"':
            if top == '"':
                stack.pop()
            else:
                stack.append(c)
        elif text.startswith('$(', i):
            stack.append('(')
            i += 1
        elif c == '(' and top == '(':
            stack.append('(')
        elif c == ')' and top == '(':
            stack.pop()
        elif c == '#' and not stack and (i == 0 or text[i - 1] in ' \t\n'):
            end = text.find('\n', i)
            i = len(text) if end == -1 else end
            continue
        elif not stack:
            out.append(c)
            i += 1
            continue
        out.append('.')
        i += 1
    return ''.join(out), bool(stack)


def statements(lines):
    """(line number, text, its bare form) of each command list: lines that
    belong together are joined, what here-documents hold is left out."""
    i = 0
    while i < len(lines):
        first, text = i, lines[i]
        i += 1
        while True:
            flat, is_open = bare(text)
            if i == len(lines) or not (is_open or OPEN_ENDED.search(flat)):
                break
            text += '\n' + lines[i]
            i += 1
        for dash, _, word in HEREDOC.findall(flat and text):
            if '<<<' in text and '<<' + dash not in text.replace('<<<', ''):
                continue
            while i < len(lines) and (lines[i].lstrip('\t') if dash
                                      else lines[i]) != word:
                i += 1
            i += 1
        if flat.strip():
            yield first + 1, text.strip(), flat.strip()


def bodies(lines):
    """(name, statements) of each function, and of each test, whose name is
    empty; a nested function is none of the statements around it."""
    stack = [('', [])]
    for number, text, flat in statements(lines):
        named = re.match(r'(?:@test .*|(\w+)\(\))\s*(\{?)$', flat)
        if named:
            stack.append((named.group(1) or '', []))
            opened = bool(named.group(2))
        elif flat == '{' and not stack[-1][1] and not opened:
            opened = True
        elif flat == '{':
            stack.append(None)      # a group
        elif flat.startswith('}') and stack[-1] is None:
            stack.pop()
        elif flat == '}' and len(stack) > 1:
            yield stack.pop()
        else:
            body = [b for b in stack if b][-1][1]
            body.append((number, text, flat))


def lost_and(body, lines):
    flow = re.compile(r'(if|elif|while|until|!) |.*\|\||'
                      r'.*&& *(return|continue|break|skip|exit)\b')
    for number, text, flat in body:
        after = lines[number + text.count('\n')].strip()
        outside = re.sub(r'\[\[.*?\]\]|\(.*?\)', '', flat, flags=re.S)
        if '&&' in outside and not after.startswith('}') and \
                not flow.match(outside.replace('\n', ' ')):
            yield number, 'a false "%s" is lost' % text.split('&&')[0].strip()


def command_of(flat):
    found = RUN.match(flat)
    return found.group(1) if found else ''


def unseen_run(body, runners):
    """Statuses that nobody looks at; the last one may be the caller's."""
    open_run = None
    for number, text, flat in body:
        if command_of(flat) in runners:
            if open_run:
                yield open_run
            open_run = None if re.search(r'\brun (!|-[0-9])', flat) else \
                (number, 'nobody looks at the status of "%s"' % text[:40])
        elif re.search(r'\$\{?status\b', text):
            open_run = None
    if open_run:
        yield open_run


def complaints(name, text):
    lines = text.split('\n')
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*(\w+)\(\)', line)
        if found and found.group(1) in OURS and \
                not name.endswith('assert.bash'):
            yield number, 'assert.bash has a %s of its own' % found.group(1)
    if name.endswith('.bats') and '\nload assert\n' not in text:
        yield 1, 'does not load assert'
    all_bodies = list(bodies(lines))
    runners = {'run'} | {function for function, body in all_bodies
                         if function and any(unseen_run(body, {'run'}))}
    for function, body in all_bodies:
        yield from lost_and(body, lines)
        if function not in runners:
            yield from unseen_run(body, runners)
        for number, text, _ in body:
            if re.match(r'for \w+ in [^;]*\$\((?!\(|seq )',
                        re.sub(r'\'.*?\'|"(\$\(.*?\)|.)*?"', '', text)):
                yield number, 'a command that fails leaves nothing to loop over'


# ---- its own test ----

PLANTED = '''
load assert

service()
{
	run script "$@"
	echo "$status"x
	run script
}

@test "one" {
	# %s
	%s
	echo "a && b"
}
'''
BAD = ['[ a ] && [ b ]', 'run x\n\t[ "$output" = y ]\n\trun y\n\t[ $status ]',
       'run x', 'service x', 'for x in $(ls); do\n\t\t[ "$x" ]\n\tdone',
       'grep a b &&\n\t\tgrep c d', 'A=1 run x\n\t[[ $output == a ]]']
GOOD = ['[ a ] && return', '[ a ] || [ b ]', 'run x\n\t[ "$status" -eq 0 ]',
        'run -1 x', 'run ! x', 'service x\n\t[ "$status" -eq 0 ]',
        'for x in $(seq 3) "$(hostname)"; do\n\t\t[ "$x" ]\n\tdone', '[[ a && b ]]',
        'if [ a ] && [ b ]; then\n\t\tc\n\tfi', "awk 'a && b' x",
        'cat <<-X\n\ta && b\n\tX', 'x=$((a && b))', 'x "$(a && b)"']


def self_test():
    wrong = 0
    for number, planted in enumerate(BAD + GOOD):
        found = [w for _, w in complaints('x.bats',
                                          PLANTED % (number, planted))]
        if bool(found) != (planted in BAD):
            print('%r: %s' % (planted, found))
            wrong = 1
    if not any(complaints('x.bats', '@test "a" {\n\ttrue\n}\n')):
        print('a file without assert is not found')
        wrong = 1
    for function in ('says', 'not'):
        if not any(complaints('x.bats', '\nload assert\n\n%s() {\n\ttrue\n}\n'
                              % function)):
            print('%s under another meaning is not found' % function)
            wrong = 1
    return wrong


def main():
    if sys.argv[1:] == ['--self-test']:
        return self_test()
    bad = 0
    for name in sys.argv[1:]:
        with open(name, encoding='utf-8') as f:
            for number, what in complaints(name, f.read()):
                print('%s:%d: %s' % (name, number, what))
                bad = 1
    if len(sys.argv) < 2:
        print('asserts.py: no file', file=sys.stderr)
    return bad or len(sys.argv) < 2


sys.exit(main())
