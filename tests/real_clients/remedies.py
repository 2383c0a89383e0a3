#!/usr/bin/env python3
"""Has the real Azure CLI parse every `az` remedy of JSON reports, and sends nothing.

Usage: remedies.py REPORT.json|REMEDIES.jsonl...      See README.md.
Each command goes through a POSIX shell's own splitting, then through the CLI's own parser: the
command exists, every argument exists, nothing that is required is missing. For `az resource update`
the CLI's own code applies --set, --add and --remove to the body that was read, where that is known,
and has to change it. Ends with 1 when a command is refused. Commands of extensions that are not
installed are listed apart: nobody has parsed them.
"""

import argparse
import contextlib
import io
import json
import re
import subprocess
import sys

from azure.cli.core import get_default_cli
from azure.cli.core.commands.arm import add_properties, remove_properties, set_properties
from knack.events import EVENT_INVOKER_POST_PARSE_ARGS

# Groups that come with an extension: which one.
EXTENSIONS = {("ml",): "ml", ("network", "perimeter"): "nsp"}


# What a person would have to replace.
PLACEHOLDER = re.compile(r"<[^>]*>|\b[A-Z]+-[A-Z-]+\b|\bPERIMETER\b|\bPROFILE\b")


class Parsed(Exception):
    """Raised in place of running the command."""


def remedies(path):
    """The remedies of a JSON report, or of what the tests wrote down: text, place, body."""
    with open(path, encoding="utf-8") as file:
        if path.endswith(".jsonl"):
            for line in file:
                one = json.loads(line)
                yield one, one["where"], one["body"]
            return
        report = json.load(file)
    for hop in report["hops"]:
        for gate in hop["gates"]:
            for one in gate.get("remedies", []):
                yield one, f"{hop['kind']}, gate {gate['gate']}", None
    for finding in report["findings"]:
        for one in finding.get("remedies", []):
            yield one, finding["rule"], None


def split(line):
    """A command's words, as a POSIX shell splits them."""
    # The one thing that a remedy asks the shell to run.
    line = line.replace("$(dig +short stamp2.ext.search.windows.net | tail -n 1)", "192.0.2.1")
    shown = subprocess.run(
        ["sh", "-c", f"set -f; printf '%s\\0' {line}"], capture_output=True, text=True, check=False
    )
    if shown.returncode or shown.stderr:
        raise ValueError(f"the shell says: {shown.stderr.strip()}")
    return shown.stdout.split("\0")[:-1]


def stop(_cli, **kwargs):
    raise Parsed(kwargs["args"])


def parse(words):
    """What the CLI's parser makes of a command."""
    cli = get_default_cli()
    cli.register_event(EVENT_INVOKER_POST_PARSE_ARGS, stop)
    said = io.StringIO()
    try:
        cli.invocation = cli.invocation_cls(
            cli_ctx=cli,
            parser_cls=cli.parser_cls,
            commands_loader_cls=cli.commands_loader_cls,
            help_cls=cli.help_cls,
        )
        with contextlib.redirect_stderr(said):
            cli.invocation.execute(words)
    except Parsed as parsed:
        return parsed.args[0]
    except SystemExit as end:
        raise ValueError(f"the parser says: {said.getvalue().strip()}") from end
    raise ValueError("it ran, which it should not")


def applied(args, body):
    """What the body of a resource becomes."""
    for option, values in getattr(args, "ordered_arguments", []):
        if option == "--set":
            for expression in values:
                set_properties(body, expression, args.force_string)
        elif option == "--add":
            add_properties(body, values, args.force_string)
        else:
            remove_properties(body, values)
    return body


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("reports", nargs="+")
    options.add_argument("--verbose", action="store_true")
    options = options.parse_args()
    commands = {}
    for path in options.reports:
        for remedy, where, body in remedies(path):
            if remedy["tool"] == "az":
                for line in remedy["text"].splitlines():
                    commands.setdefault(line, (where, body))
    refused, unread, parsed = [], [], 0
    for line, (where, body) in sorted(commands.items(), key=lambda one: one[0]):
        try:
            words = split(line)
            if words[0] != "az":
                raise ValueError("it does not begin with az")
            extension = next(
                (name for group, name in EXTENSIONS.items() if tuple(words[1 : 1 + len(group)]) == group), None
            )
            if PLACEHOLDER.search(line):
                raise ValueError("it holds a placeholder")
            try:
                args = parse(words[1:])
            except ValueError:
                if extension:
                    unread.append(f"{line}\n        of {where}, extension {extension}")
                    continue
                raise
            parsed += 1
            if words[1:3] == ["resource", "update"] and body:
                before = json.dumps(body)
                after = json.dumps(applied(args, body))
                if before == after:
                    raise ValueError("it changes nothing")
                if options.verbose:
                    print(f"{line}\n        from {before}\n        to   {after}")
        except Exception as error:  # Whatever the CLI raises is the answer.
            refused.append(f"{line}\n        of {where}: {error}")
    for line in unread:
        print(f"not parsed  {line}")
    for line in refused:
        print(f"REFUSED     {line}")
    print(f"{parsed} parsed, {len(unread)} of extensions that are not installed, {len(refused)} refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
