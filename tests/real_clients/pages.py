#!/usr/bin/env python3
"""Opens the HTML report of scenarios in headless Chromium and fails on any console message, any request,
words that are cut or run out of the page, words that cannot be told from their ground (light, dark and
printed), and sections that hold nothing. With --shots, keeps pictures at desktop and phone width, light
and dark, and the page as it is printed.

Needs Chromium and nothing else: it is spoken to over a pipe (the DevTools protocol). Without a name, every
scenario and every twin that `hopscope demo --list` names is opened, in one browser.

    tests/real_clients/pages.py target/debug/hopscope
    tests/real_clients/pages.py --shots shots/ target/debug/hopscope healthy open-poc
"""

import argparse
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
TALLEST = 16000
PAPER = 690


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


# Runs in the page: what a person could not read. The page itself holds no script.
INSPECT = r"""(() => {
  const wrong = new Set();
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  const parts = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((one) => one / 255).map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let own = element; own; own = own.parentElement) {
      const colour = parts(getComputedStyle(own).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  // Paper shows the beginning of what the file holds whole, and the ellipsis says so.
  const shortened = (element) => {
    for (let own = element; own; own = own.parentElement) {
      const style = getComputedStyle(own);
      if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") return true;
    }
    return false;
  };
  const page = document.documentElement.clientWidth;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest(".skip, title, desc, thead")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
    if (!boxes.length) continue;
    const style = getComputedStyle(element);
    const drawn = element.closest("svg");
    const ink = parts(drawn ? style.fill : style.color).slice(0, 3);
    const [one, other] = [light(ink), light(ground(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) wrong.add(`contrast ${ratio.toFixed(2)}: ${words(element)}`);
    if (drawn || shortened(element)) continue;
    for (const box of boxes) {
      if (box.right > page + 1 || box.left < -1) wrong.add(`out of the page: ${words(element)}`);
    }
    for (let own = element; own !== document.body; own = own.parentElement) {
      const clips = getComputedStyle(own).overflowX !== "visible";
      if (clips && own.scrollWidth > own.clientWidth + 1) wrong.add(`cut: ${words(own)}`);
    }
  }
  for (const section of document.querySelectorAll("main > section, article, .wide")) {
    const rest = section.textContent.trim().length - (section.querySelector("h2, h3")?.textContent.trim().length ?? 0);
    if (rest < 10) wrong.add(`nothing in it: ${words(section)}`);
  }
  return [...wrong];
})()"""


def look(browser, page, shots, name):
    """Opens one file; gives back what was said and asked for and what cannot be read, and keeps pictures."""
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log"):
        browser.ask(f"{domain}.enable", session)
    browser.events.clear()
    browser.ask("Page.navigate", session, url=page.as_uri())
    browser.wait("Page.loadEventFired")
    unreadable = []

    def inspect(how):
        found = browser.ask("Runtime.evaluate", session, expression=INSPECT, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"])
        unreadable.extend(f"{how}: {one}" for one in found["result"]["value"])

    for size, (width, height) in SIZES.items():
        browser.ask("Emulation.setDeviceMetricsOverride", session, width=width, height=height,
                    deviceScaleFactor=1, mobile=size == "phone")
        for scheme in ("light", "dark"):
            browser.ask("Emulation.setEmulatedMedia", session, media="",
                        features=[{"name": "prefers-color-scheme", "value": scheme}])
            whole = browser.ask("Page.getLayoutMetrics", session)["cssContentSize"]
            if whole["width"] > width:
                unreadable.append(f"{size}: the page is {whole['width']} wide")
            inspect(f"{size}, {scheme}")
            if shots is not None:
                clip = {"x": 0, "y": 0, "width": width, "scale": 1, "height": min(whole["height"], TALLEST)}
                shot = browser.ask("Page.captureScreenshot", session, clip=clip, captureBeyondViewport=True)
                (shots / f"{name}-{size}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    # As wide as the text of a sheet of A4 at 96 dots an inch. The scheme is still the dark one: paper is white all the same.
    browser.ask("Emulation.setEmulatedMedia", session, media="print",
                features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.ask("Emulation.setDeviceMetricsOverride", session, width=PAPER, height=1000, deviceScaleFactor=1,
                mobile=False)
    inspect("printed")
    browser.ask("Emulation.setEmulatedMedia", session, media="", features=[])
    browser.ask("Emulation.clearDeviceMetricsOverride", session)
    if shots is not None:
        printed = browser.ask("Page.printToPDF", session, printBackground=True, paperWidth=8.27, paperHeight=11.69,
                              preferCSSPageSize=True)
        (shots / f"{name}.pdf").write_bytes(base64.b64decode(printed["data"]))
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
    return said, asked, unreadable


def every(hopscope):
    """The names of all scenarios and of their twins."""
    listing = subprocess.run([hopscope, "demo", "--list"], check=True, capture_output=True, text=True).stdout
    names = []
    for name, twin in re.findall(r"^  ([a-z0-9-]+)(?:\[:([a-z]+)\])? ", listing, re.MULTILINE):
        names += [name, f"{name}:{twin}"] if twin else [name]
    if len(names) < 10:
        sys.exit(f"`hopscope demo --list` is not understood:\n{listing}")
    return names


def main():
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("hopscope")
    wanted.add_argument("names", nargs="*", metavar="SCENARIO")
    wanted.add_argument("--shots", type=pathlib.Path, metavar="FOLDER")
    wanted = wanted.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium is to be had: apt-get install chromium")
    if wanted.shots is not None:
        wanted.shots.mkdir(parents=True, exist_ok=True)
    names = wanted.names or every(wanted.hopscope)
    bad = 0
    with tempfile.TemporaryDirectory() as profile, tempfile.TemporaryDirectory() as folder:
        browser = Browser(chromium, profile)
        for name in names:
            page = pathlib.Path(folder) / f"{name.replace(':', '-')}.html"
            command = [wanted.hopscope, "check", "--demo", name, "--format", "html", "--out", page, "--fail-on", "never"]
            ran = subprocess.run(command, capture_output=True, text=True)
            if ran.returncode:
                sys.exit(f"{name}: hopscope check ended with {ran.returncode}: {ran.stderr}")
            found = look(browser, page, wanted.shots, page.stem)
            for kind, own in zip(("console", "request", "layout"), found):
                for one in own:
                    bad += 1
                    print(f"{name}: {kind}: {one}")
        browser.close()
    print(f"{len(names)} pages opened: {bad} of all that was looked for")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
