#!/usr/bin/env python3
"""What the manual pages say, for tests that hold it against the programs.

    pages.py messages FILE.c...    formats of messages from level notice on
    pages.py all FILE.c...         those of lesser levels too
    pages.py diagnostics PAGE      messages that the page tells of
    pages.py options PAGE          "-b" and "--by" of the items of its lists
    pages.py unlisted PAGE         options of the --help at standard input that
                                   SYNOPSIS lacks, but for --help, and for
                                   those that "All commands have"
    pages.py examples PAGE         what EXAMPLES has, each ended by a NUL:
                                   "run|COMMAND" and "text|LITERAL BLOCK"
"""
import re
import sys

STRING = r'"((?:[^"\\]|\\.)*)"|(PRI\w+)'
CALLS = (r'\b(?:log_(?:%s)\(|'
         r'snprintf\(err(?:or)?, (?:(?:METER|FRAMES)_ERRLEN|sizeof\(err(?:or)?\)),)'
         r'\s*((?:"(?:[^"\\]|\\.)*"|PRI\w+|\s)+)')


def plain(text):
    """The text with one spelling of each kind of conversion."""
    text = text.replace('\\"', '"')
    text = re.sub(r'%(\.\*|\.\d+)?s', '%s', text)
    text = re.sub(r'\b(row|byte|frame)%s', r'\1s', text)     # plural()
    return re.sub(r'%[0-9]*(?:ll|l|z|j)?[duix]|%PRI\w+', '%d', text)


def messages(files, levels='notice|warnx?|errorx?'):
    for name in files:
        for call in re.finditer(CALLS % levels, open(name).read()):
            parts = re.findall(STRING, call.group(1))
            text = ''.join(s or p for s, p in parts)
            # A frame without words, for a text that is made elsewhere.
            if re.search(r'[a-zA-Z]{3}', re.sub(r'%(PRI)?\w+', '', text)):
                yield plain(text)


def section(page, name):
    text = open(page).read()
    found = re.search(r'^\.Sh %s\n(.*?)(?=^\.Sh |\Z)' % name, text,
                      re.M | re.S)
    return found.group(1) if found else ''


def unroff(text):
    text = re.sub(r'^"(.*)"$', r'\1', text.strip())
    text = re.sub(r'\\\(dq|""', '"', text)
    return text.replace('\\(aq', "'").replace('\\-', '-') \
        .replace('\\&', '').replace('\\e', '\\')


def diagnostics(page):
    for item in re.finditer(r'^\.It (.*)$', section(page, 'DIAGNOSTICS'),
                            re.M):
        yield plain(unroff(item.group(1)))


def options(page):
    """What stands behind Fl in items; a comma or bar lets Fl go on."""
    for item in re.finditer(r'^\.It (.*\bFl .*)$', open(page).read(), re.M):
        flag = False
        for word in item.group(1).split():
            if word == 'Fl':
                flag = True
            elif word not in (',', '|'):
                if flag and re.fullmatch(r'-?[A-Za-z][a-z-]*', word) and \
                        word not in ('Ar', 'Ns', 'Cm', 'Op', 'Oc', 'Oo'):
                    yield '-' + word
                else:
                    flag = False


def flags(text):
    for flag in re.findall(r'\bFl (-?[A-Za-z][A-Za-z0-9-]*)', text):
        yield from ['-' + flag] if flag[0] == '-' else ['-' + c for c in flag]


def unlisted(page):
    """One line for each option, all names of which are missing."""
    common = re.search(r'^All commands have these options:(.*?)^\.El',
                       open(page).read(), re.M | re.S)
    listed = {'--help', *flags(section(page, 'SYNOPSIS')),
              *flags(common.group(1) if common else '')}
    for line in sys.stdin:
        if line.startswith('  -'):
            names = re.findall(r'(?<![\w-])--?[A-Za-z0-9][\w-]*',
                               re.split('  +', line.strip())[0])
            if not listed.intersection(names):
                yield ' '.join(names)


def examples(page):
    block = None
    for line in section(page, 'EXAMPLES').splitlines():
        if line.startswith('.Bd -literal'):
            block = []
        elif line == '.Ed':
            yield 'text|' + '\n'.join(block)
            block = None
        elif block is not None:
            block.append(unroff(line))
        elif line.startswith('.Dl '):
            yield 'run|' + unroff(line[4:])


def main():
    what, args = sys.argv[1], sys.argv[2:]
    lines = messages(args) if what == 'messages' else \
        messages(args, r'\w+') if what == 'all' else \
        {'diagnostics': diagnostics, 'examples': examples,
         'options': options, 'unlisted': unlisted}[what](args[0])
    end = '\0' if what == 'examples' else '\n'
    for line in lines if what == 'examples' else dict.fromkeys(lines):
        sys.stdout.write(line + end)


main()
