#!/usr/bin/env python3
"""examples/migration/seen.awk, which reads the audit log of a migration: lines as the kernel writes them, and what it says."""

import os
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SEEN = os.path.join(ROOT, "examples", "migration", "seen.awk")
TAIL = "tcontext=system_u:object_r:appnet_unmatched_t:s0 tclass=packet"


def line(verdict, permission, packet, domain, netif="eth0", tail=TAIL):
    return (f'type=AVC msg=audit(1795807569.780:253): avc:  {verdict}  {{ {permission} }} for  pid=193 comm="agent" {packet} '
            f"netif={netif} scontext=system_u:system_r:{domain}:s0 {tail}\n")


class Seen(unittest.TestCase):
    def assert_seen(self, text, expected):
        result = subprocess.run(["awk", "-f", SEEN], input=text, capture_output=True, text=True, check=True)
        self.assertEqual(result.stdout.splitlines(), expected)

    def test_a_question_and_its_answer_are_one_line(self):
        self.assert_seen(line("granted", "send", "saddr=10.50.7.10 src=45123 daddr=10.50.9.123 dest=123", "ntpd_t")
                         + line("granted", "recv", "saddr=10.50.9.123 src=123 daddr=10.50.7.10 dest=45123", "ntpd_t"),
                         ["ntpd_t connect 123 to 10.50.9.123 via eth0"] * 2)
        self.assert_seen(line("granted", "recv", "saddr=2001:db8::7 src=45123 daddr=2001:db8::1 dest=80", "httpd_t", "lo")
                         + line("granted", "send", "saddr=2001:db8::1 src=80 daddr=2001:db8::7 dest=45123", "httpd_t", "lo"),
                         ["httpd_t accept 80 from 2001:db8::7 via lo"] * 2)

    def test_forwarded_packets_and_pings(self):
        self.assert_seen(line("granted", "forward_in", "saddr=10.0.0.9 src=20150 daddr=11.0.0.1 dest=443", "unlabeled_t")
                         + line("granted", "forward_out", "saddr=10.0.0.9 src=20150 daddr=11.0.0.1 dest=443", "unlabeled_t", "eth1")
                         + line("granted", "forward_out", "saddr=11.0.0.1 src=443 daddr=10.0.0.9 dest=20150", "unlabeled_t"),
                         ["unlabeled_t forward 443 from 10.0.0.9 to 11.0.0.1 via eth1",
                          "unlabeled_t forward 443 from 10.0.0.9 to 11.0.0.1 via eth0"])
        self.assert_seen(line("granted", "send", "saddr=10.0.0.9 daddr=11.0.0.1", "ping_t"), ["ping_t connect no port to 11.0.0.1 via eth0"])

    def test_other_lines_are_none(self):
        self.assert_seen(line("denied", "send", "saddr=10.0.0.9 src=20150 daddr=11.0.0.1 dest=443", "ntpd_t")
                         + line("granted", "send", "saddr=1.1.1.1", "ntpd_t", tail="tclass=file") + "\n", [])


if __name__ == "__main__":
    unittest.main()
