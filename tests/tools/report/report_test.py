#!/usr/bin/env python3
"""The page of build --report. report_test.py APPNETC
APPNET_UPDATE=1 rewrites shop.html; the diff is read, and the page looked at in a browser at 400, 900 and 1600 pixels."""

import html.parser
import os
import re
import subprocess
import sys
import tempfile
import unittest

APPNETC = None
HERE = os.path.dirname(os.path.abspath(__file__))
POLICY = """policy shop;
unmatched inherit;
host proxy = 10.20.0.7;
boolean direct = false;
domain mozilla_t {
    connect tcp/3128 to proxy via "eth0";
    @owner("web team") @ticket("NET-7") if direct { audit connect tcp/443 to any except proxy; }
}
domain sshd_t { accept tcp/22 from 10.0.0.0/8; }
label http_client_packet_t { connect tcp/80; }
forward tcp/443 from 10.0.0.0/8 via "eth0" -> "wan0";
"""
VOID = {"meta"}


class Page(html.parser.HTMLParser):
    """Tags that close each other, the text outside of styles, and what the page would load."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text, self.loads, self.ids, self.links = [], set(), "", [], set(), set()
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            elif name == "href" and value.startswith("#"):
                self.links.add(value[1:])
            elif name in ("href", "src", "srcset", "data", "action", "style") or name.startswith("on"):
                self.loads.append((tag, name, value))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def build(self, text, name="shop.appnet", report="shop.html"):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([APPNETC, "build", "--policy", "reference", "--report", report, name], check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=300, cwd=self.folder, text=True)

    def page(self, text, name="shop.appnet"):
        built = self.build(text, name)
        self.assertEqual(built.returncode, 0, built.stderr)
        self.assertTrue(built.stdout.startswith("wrote shop.appnet.tar\nwrote shop.html\n"), built.stdout)
        with open(os.path.join(self.folder, "shop.html"), encoding="utf-8") as file:
            return file.read()

    def test_whole_page(self):
        text = self.page(POLICY)
        golden = os.path.join(HERE, "shop.html")
        if os.environ.get("APPNET_UPDATE"):
            with open(golden, "w", encoding="utf-8") as file:
                file.write(text)
        with open(golden, encoding="utf-8") as file:
            self.assertEqual(text, file.read())

    def test_loads_nothing(self):
        text = self.page(POLICY)
        page = Page(text)
        self.assertEqual(page.loads, [])
        self.assertEqual(page.links - page.ids, set())
        self.assertIsNone(re.search(r"https?:|//|@import|url\(", text))
        self.assertEqual(page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}, set())

    def test_says_what_it_is_for(self):
        text = Page(self.page(POLICY)).text
        for part in ("connect tcp/3128 to proxy via \"eth0\"", "shop.appnet:6", "if direct", "owner web team",
                     "ticket NET-7", "mozilla_t if direct, logged", "unmatched inherit", "cut off for",
                     "forwarded for unlabeled_t", "labelled http_client_packet_t", "Ways around"):
            self.assertIn(part, text)

    def test_hostile_names(self):
        plain = Page(self.page(POLICY))
        script = "<script>alert(1)</script>"
        text = self.page(POLICY.replace("web team", script + "&amp;' onclick=x").replace("eth0", "<b>&"),
                         name="<img src=x>.appnet")
        page = Page(text)
        self.assertEqual(page.tags, plain.tags)
        self.assertEqual(page.loads, [])
        self.assertIn(script + "&amp;' onclick=x", page.text)
        self.assertIn("via \"<b>&\"", page.text)
        self.assertIn("<img src=x>.appnet:6", page.text)

    def test_nothing_but_the_whole(self):
        self.assertEqual(self.build(POLICY, report="missing/shop.html").returncode, 3)
        self.page(POLICY)
        before = sorted(os.listdir(self.folder))
        broken = self.build(POLICY.replace("sshd_t", "shd_t"))
        self.assertEqual(broken.returncode, 1)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        with open(os.path.join(self.folder, "shop.html"), encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("</html>\n"))


if __name__ == "__main__":
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
