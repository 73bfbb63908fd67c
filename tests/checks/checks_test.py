#!/usr/bin/env python3
"""Each check finds the mistake it is there for, in a small tree made for it."""

import os
import shutil
import tempfile
import unittest

import diagnostics
import docs
import file_size
import formatting
import headers
import include_graph
import shell_syntax
import unfinished


class ChecksTest(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, path, text, mode=0o644):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, mode)

    def two_rooms(self, knows):
        self.write("compiler/low/CMakeLists.txt", f"appnet_room(low{knows})\n")
        self.write("compiler/high/CMakeLists.txt", "appnet_room(high KNOWS low LIBRARIES fmt::fmt)\n")
        self.write("compiler/low/low.h", "#pragma once\n// Contract: low.\n")
        self.write("compiler/high/high.h", '#pragma once\n// Contract: high.\n#include "low/low.h"\n')

    def test_include_of_a_known_room(self):
        self.two_rooms("")
        self.assertEqual(include_graph.find_problems(self.root), [])

    def test_include_of_an_unknown_room(self):
        self.two_rooms("")
        self.write("compiler/low/low.cpp", '#include "high/high.h"\n')
        self.assertEqual(include_graph.find_problems(self.root),
                         ['compiler/low/low.cpp: includes "high/high.h", but room low does not know high'])

    def test_circle_of_rooms(self):
        self.two_rooms(" KNOWS high")
        self.assertIn("rooms know each other in a circle: high -> low -> high", include_graph.find_problems(self.root))

    def test_room_inside_a_folder_of_rooms(self):
        self.two_rooms("")
        self.write("compiler/backend/nft/CMakeLists.txt", "appnet_room(nft KNOWS low)\n")
        self.write("compiler/backend/nft/emit/a.cpp", '#include "backend/nft/a.h"\n#include "high/high.h"\n')
        self.assertEqual(include_graph.find_problems(self.root),
                         ['compiler/backend/nft/emit/a.cpp: includes "high/high.h", but room nft does not know high'])

    def test_library_behind_another_door(self):
        self.two_rooms("")
        self.write("compiler/low/low.cpp", '#include <sepol/policydb.h>\n#include "antlr4-runtime.h"\n')
        self.assertEqual(include_graph.find_problems(self.root),
                         ["compiler/low/low.cpp: includes sepol/policydb.h; only compiler/sepolicy may",
                          "compiler/low/low.cpp: includes antlr4-runtime.h; only compiler/parse may"])

    def test_file_sizes(self):
        self.write("compiler/a.cpp", "\n" * 400)
        self.assertEqual(file_size.find_problems(self.root), [])
        self.write("compiler/a.cpp", "\n" * 401)
        self.assertEqual(len(file_size.find_problems(self.root)), 1)
        self.write("tests/checks/long_files.txt", "compiler/a.cpp: one table\n")
        self.assertEqual(file_size.find_problems(self.root), [])
        self.write("compiler/a.cpp", "\n" * 801)
        self.assertEqual(len(file_size.find_problems(self.root)), 1)
        self.write("compiler/a.cpp", "\n")
        self.assertEqual(len(file_size.find_problems(self.root)), 1)

    def test_headers(self):
        self.write("compiler/a.h", "#pragma once\n// Contract: nothing.\n")
        self.assertEqual(headers.find_problems(self.root), [])
        self.write("compiler/b.h", "#pragma once\n#include <string>\n")
        self.write("compiler/c.h", "// Contract: nothing.\n#pragma once\n")
        self.assertEqual(len(headers.find_problems(self.root)), 2)

    def test_unfinished(self):
        self.write("docs/a.md", "done\n// TO" + "DO: the rest\n")
        self.assertEqual(len(unfinished.find_problems(self.root)), 1)

    def test_shell_syntax(self):
        self.write("good.sh", "if true; then :; fi\n")
        self.write("examples/run", "#!/usr/bin/env bash\na=(1 2)\n", 0o755)
        self.assertEqual(shell_syntax.find_problems(self.root), [])
        self.write("bad.sh", "if true; then\n")
        self.write("bits/run", "#!/bin/sh\n:\n")
        self.assertEqual(len(shell_syntax.find_problems(self.root)), 2)

    def test_diagnostics(self):
        self.write("compiler/diag/kind.def", 'APPNET_DIAGNOSTIC(EmptySet, "empty-set", kError, "x")\n')
        self.write("compiler/sema/check.cpp", "Report(Kind::kEmptySet);\n")
        self.write("tests/golden/a.txt", "error: x [empty-set]\n")
        self.assertEqual(diagnostics.find_problems(self.root), [])
        os.remove(os.path.join(self.root, "tests/golden/a.txt"))
        os.remove(os.path.join(self.root, "compiler/sema/check.cpp"))
        self.assertEqual(len(diagnostics.find_problems(self.root)), 2)

    def test_docs(self):
        appnetc = os.path.join(self.root, "appnetc")
        self.write("appnetc", '#!/bin/sh\ncat policy.appnet 2>/dev/null; :\n', 0o755)
        page = "```appnet\npolicy p;\n```\n\n    $ build/appnetc check policy.appnet\n    policy {};\n\ntext\n"
        self.write("README.md", page.format("p"))
        self.assertEqual(docs.find_problems(self.root, appnetc), [])
        self.write("README.md", page.format("q"))
        self.assertEqual(len(docs.find_problems(self.root, appnetc)), 1)

    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("compiler/a.cpp", "int a;\n")
        self.assertEqual(formatting.find_problems(self.root), [])
        self.write("compiler/b.cpp", "int  b ;\n")
        self.assertEqual(formatting.find_problems(self.root), ["compiler/b.cpp: run clang-format -i on it"])


if __name__ == "__main__":
    unittest.main()
