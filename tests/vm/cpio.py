"""Writes an initramfs: a cpio archive in the kernel's "newc" form. Two of them in a row are one, the later on top."""

import os
import stat


class Archive:
    def __init__(self):
        self.parts = []
        self.folders = set()
        self.number = 0

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        self.number += 1
        name = name.encode() + b"\0"
        fields = (self.number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
        record = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        self.parts += [record + b"\0" * (-len(record) % 4), data + b"\0" * (-len(data) % 4)]

    def folder(self, name):
        name = name.strip("/")
        if not name or name in self.folders:
            return
        self.folder(os.path.dirname(name))
        self.folders.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        name = name.strip("/")
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        name = name.strip("/")
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor):
        self.folder(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFCHR | 0o600, device=(major, minor))

    def copy(self, path, name=None):
        with open(path, "rb") as file:
            self.file(name or path, file.read(), os.stat(path).st_mode & 0o777)

    def bytes(self):
        self._entry("TRAILER!!!", 0)
        data = b"".join(self.parts)
        return data + b"\0" * (-len(data) % 512)
