#!/usr/bin/env python3
"""Opens the HTML report of scenarios in headless Chromium: lists console messages and requests, fails
on any of them, and keeps pictures at desktop and phone width, light and dark, and as it is printed.

Needs Chromium and nothing else: it is spoken to over a pipe (the DevTools protocol).

    tests/real_clients/pages.py target/debug/hopscope shots/ healthy open-poc
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
TALLEST = 16000


class Browser:
    """Chromium over a pipe: one message is a JSON document that ends in a zero byte."""

    def __init__(self, program, profile):
        here_in, there_out = os.pipe()
        there_in, here_out = os.pipe()

        def hand_over():
            # Chromium reads from 3 and writes to 4. Both are moved out of the way first.
            one, two = os.dup(there_in), os.dup(there_out)
            os.dup2(one, 3)
            os.dup2(two, 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            preexec_fn=hand_over, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(there_in)
        os.close(there_out)
        self.reader = os.fdopen(here_in, "rb")
        self.writer = os.fdopen(here_out, "wb")
        self.number = 0
        self.events = []
        self.rest = b""

    def receive(self):
        while b"\0" not in self.rest:
            piece = os.read(self.reader.fileno(), 1 << 20)
            if not piece:
                raise RuntimeError("the browser has gone")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **params):
        self.number += 1
        wanted = self.number
        message = {"id": wanted, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.writer.write(json.dumps(message).encode() + b"\0")
        self.writer.flush()
        while True:
            answer = self.receive()
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while True:
            for event in self.events:
                if event.get("method") == method:
                    return
            self.events.append(self.receive())

    def close(self):
        try:
            self.ask("Browser.close")
        except RuntimeError:
            pass
        self.process.wait(timeout=20)


def look(browser, page, folder, name):
    """Opens one file; gives back what was said and asked for, and keeps pictures."""
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log"):
        browser.ask(f"{domain}.enable", session)
    browser.events.clear()
    browser.ask("Page.navigate", session, url=page.as_uri())
    browser.wait("Page.loadEventFired")
    wide = []
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            browser.ask("Emulation.setEmulatedMedia", session,
                        features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.ask("Emulation.setDeviceMetricsOverride", session, width=width, height=height,
                        deviceScaleFactor=1, mobile=size == "phone")
            whole = browser.ask("Page.getLayoutMetrics", session)["cssContentSize"]
            if whole["width"] > width:
                wide.append(f"{size}: the page is {whole['width']} wide")
            clip = {"x": 0, "y": 0, "width": width, "scale": 1, "height": min(whole["height"], TALLEST)}
            shot = browser.ask("Page.captureScreenshot", session, clip=clip, captureBeyondViewport=True)
            path = folder / f"{name}-{size}-{scheme}.png"
            path.write_bytes(base64.b64decode(shot["data"]))
    browser.ask("Emulation.clearDeviceMetricsOverride", session)
    printed = browser.ask("Page.printToPDF", session, printBackground=True, paperWidth=8.27, paperHeight=11.69,
                          preferCSSPageSize=True)
    (folder / f"{name}.pdf").write_bytes(base64.b64decode(printed["data"]))
    said, asked = [], []
    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            said.append(" ".join(str(one.get("value")) for one in params["args"]))
        elif method == "Runtime.exceptionThrown":
            said.append(params["exceptionDetails"]["text"])
        elif method == "Log.entryAdded":
            said.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent" and params["request"]["url"] != page.as_uri():
            asked.append(params["request"]["url"])
    browser.ask("Target.closeTarget", targetId=target)
    return said, asked, wide


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    hopscope, folder, names = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium is to be had: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(chromium, profile)
        for name in names:
            page = folder / f"{name}.html"
            subprocess.run([hopscope, "check", "--demo", name, "--format", "html", "--out", page,
                            "--fail-on", "never"], check=True)
            said, asked, wide = look(browser, page, folder, name.replace(":", "-"))
            for kind, found in (("console", said), ("request", asked), ("layout", wide)):
                for one in found:
                    bad += 1
                    print(f"{name}: {kind}: {one}")
            print(f"{name}: {len(said)} console messages, {len(asked)} requests")
        browser.close()
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
