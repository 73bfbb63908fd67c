#!/bin/sh
# The guest's first process: modules, the file systems, and then the agent, which loads policies when it is told to.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /run/netns
while read -r module; do insmod "/lib/modules/$module"; done </etc/modules
mount -t selinuxfs selinuxfs /sys/fs/selinux
# Without this the log loses denials.
echo 0 >/proc/sys/kernel/printk_ratelimit
/bin/agent serve /dev/ttyS1
poweroff -f
