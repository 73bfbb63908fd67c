// storm [MODE] COUNT ROUNDS FLOWS NAMESPACE…: what a packet costs to send in each network namespace, in
// thread CPU nanoseconds. The namespaces take turns in each round, so that a busy machine is busy for all.
//   first      each packet opens a flow: the connections of a namespace are forgotten before its turn
//   later      COUNT flows are opened beforehand; each round sends them again, and nobody answers
//   answered   the same, but each was answered once, through the tun device
// FLOWS holds records of 12 bytes, big endian: interface number, protocol, source port, destination port,
// padding, destination. NAMESPACE:N sends N packets in a turn instead of COUNT. Interfaces are eth0 to eth3,
// tun devices with nobody behind them, and number 4, lo. Prints a line for each namespace: its name and the
// nanoseconds per packet of each round.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kInterfaces = 5, kBatch = 64, kPacket = 40, kMaxNamespaces = 16 };
static const char* const kNames[kInterfaces] = {"eth0", "eth1", "eth2", "eth3", "lo"};

struct Flow {
  uint8_t interface, protocol;
  uint16_t source_port, port, padding;
  uint32_t address;
};

struct Namespace {
  const char* name;
  size_t count;
  int conntrack;
  int sockets[kInterfaces];
  double* rounds;
};

static void fail(const char* what) {
  perror(what);
  exit(3);
}

// The address of an interface: 192.0.2.1 and on; see network.py. On lo every address of 10/8 is local and
// speaks for itself.
static uint32_t own_address(const struct Flow* flow) {
  return flow->interface == 4 ? flow->address : htonl(0xc0000201 + flow->interface);
}

static uint16_t checksum(const void* data, size_t size) {
  const uint16_t* words = data;
  uint32_t sum = 0;
  for (size_t at = 0; at < size / 2; ++at) sum += words[at];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

enum Kind { kOpens, kAnswers, kGoesOn };

// Writes a packet of the flow: a UDP datagram without checksum; of TCP a SYN, the other end's SYN and ACK, or
// an ACK. Gives its size.
static size_t write_packet(uint8_t* to, const struct Flow* flow, enum Kind kind) {
  int answer = kind == kAnswers;
  size_t size = sizeof(struct iphdr) + (flow->protocol == IPPROTO_TCP ? 20 : 8);
  memset(to, 0, kPacket);
  struct iphdr* ip = (struct iphdr*)to;
  ip->version = 4;
  ip->ihl = 5;
  ip->tot_len = htons((uint16_t)size);
  ip->id = htons(1);
  ip->ttl = 64;
  ip->protocol = flow->protocol;
  ip->saddr = answer ? flow->address : own_address(flow);
  ip->daddr = answer ? own_address(flow) : flow->address;
  ip->check = checksum(ip, sizeof *ip);
  uint8_t* transport = to + sizeof *ip;
  memcpy(transport + (answer ? 2 : 0), &flow->source_port, 2);
  memcpy(transport + (answer ? 0 : 2), &flow->port, 2);
  if (flow->protocol == IPPROTO_TCP) {
    transport[12] = 5 << 4;
    transport[7] = kind == kGoesOn;  // sequence number
    transport[11] = kind != kOpens;  // acknowledged
    transport[13] = kind == kOpens ? 0x02 : kind == kAnswers ? 0x12 : 0x10;
    transport[14] = 0x10;
    // Connection tracking checks what arrives. The sum goes over addresses, protocol and length as well.
    uint8_t summed[12 + 20] = {0};
    memcpy(summed, &ip->saddr, 8);
    summed[9] = IPPROTO_TCP;
    summed[11] = 20;
    memcpy(summed + 12, transport, 20);
    uint16_t sum = checksum(summed, sizeof summed);
    memcpy(transport + 16, &sum, sizeof sum);
  } else {
    transport[5] = 8;
  }
  return size;
}

static void enter(const char* name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || setns(file, CLONE_NEWNET) != 0) fail(path);
  close(file);
}

// Somebody to take what goes over lo, so that no errors come back. Nobody reads it.
static void listen_on_lo(const struct Flow* flows, size_t size) {
  static uint8_t taken[65536];
  memset(taken, 0, sizeof taken);
  for (size_t at = 0; at < size; ++at) {
    if (flows[at].interface != 4 || taken[flows[at].port]) continue;
    int listener = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = flows[at].port};
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0) fail("bind");
    taken[flows[at].port] = 1;
  }
}

static void open_sockets(struct Namespace* space, const struct Flow* flows, size_t size) {
  enter(space->name);
  listen_on_lo(flows, size);
  for (int at = 0; at < kInterfaces; ++at) {
    int socket_of = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (socket_of < 0) fail("raw socket");
    if (setsockopt(socket_of, SOL_SOCKET, SO_BINDTODEVICE, kNames[at], (socklen_t)strlen(kNames[at])) != 0)
      fail(kNames[at]);
    space->sockets[at] = socket_of;
  }
  space->conntrack = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (space->conntrack < 0) fail("netlink");
}

// Forgets all connections of a namespace.
static void forget(const struct Namespace* space) {
  struct {
    struct nlmsghdr header;
    struct nfgenmsg family;
  } request = {.header = {.nlmsg_len = sizeof request,
                          .nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK}};
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    uint8_t rest[256];
  } answer;
  if (send(space->conntrack, &request, sizeof request, 0) != sizeof request) fail("send to netlink");
  if (recv(space->conntrack, &answer, sizeof answer, 0) <= 0) fail("answer of netlink");
  if (answer.header.nlmsg_type == NLMSG_ERROR && answer.error.error != 0) {
    errno = -answer.error.error;
    fail("forget connections");
  }
}

static long long thread_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// Sends flows [begin, begin + count) of `flows`, wrapping around, interface by interface; gives nanoseconds
// per packet.
static double send_all(const struct Namespace* space, const struct Flow* flows, size_t size, size_t begin,
                       size_t count, enum Kind kind) {
  static uint8_t packets[kInterfaces][kBatch][kPacket];
  static struct sockaddr_in targets[kInterfaces][kBatch];
  static struct iovec parts[kInterfaces][kBatch];
  static struct mmsghdr messages[kInterfaces][kBatch];
  size_t filled[kInterfaces] = {0};
  long long spent = 0;
  for (size_t sent = 0; sent <= count; ++sent) {
    for (int at = 0; at < kInterfaces; ++at) {
      if (filled[at] == 0 || (filled[at] < kBatch && sent < count)) continue;
      long long start = thread_time();
      for (size_t done = 0; done < filled[at];) {
        int now = sendmmsg(space->sockets[at], messages[at] + done, (unsigned)(filled[at] - done), 0);
        if (now <= 0) fail("sendmmsg");
        done += (size_t)now;
      }
      spent += thread_time() - start;
      filled[at] = 0;
    }
    if (sent == count) break;
    const struct Flow* flow = &flows[(begin + sent) % size];
    size_t slot = filled[flow->interface]++;
    struct sockaddr_in* target = &targets[flow->interface][slot];
    *target = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = flow->address};
    struct iovec* part = &parts[flow->interface][slot];
    *part = (struct iovec){packets[flow->interface][slot],
                           write_packet(packets[flow->interface][slot], flow, kind)};
    messages[flow->interface][slot].msg_hdr =
        (struct msghdr){.msg_name = target, .msg_namelen = sizeof *target, .msg_iov = part, .msg_iovlen = 1};
  }
  return (double)spent / (double)count;
}

// Answers the first `count` flows, from behind the tun devices.
static void answer_all(const struct Namespace* space, const struct Flow* flows, size_t count) {
  enter(space->name);
  int devices[kInterfaces - 1];
  for (int at = 0; at < kInterfaces - 1; ++at) {
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", kNames[at]);
    devices[at] = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (devices[at] < 0 || ioctl(devices[at], TUNSETIFF, &request) != 0) fail("attach to the tun device");
  }
  for (size_t at = 0; at < count; ++at) {
    uint8_t packet[kPacket];
    size_t size = write_packet(packet, &flows[at], kAnswers);
    if (write(devices[flows[at].interface], packet, size) != (ssize_t)size) fail("answer");
  }
  for (int at = 0; at < kInterfaces - 1; ++at) close(devices[at]);
}

int main(int words, char** word) {
  if (words < 6) return 2;
  const char* mode = word[1];
  size_t count = strtoul(word[2], NULL, 10), rounds = strtoul(word[3], NULL, 10);
  int first = strcmp(mode, "first") == 0, answered = strcmp(mode, "answered") == 0;
  int file = open(word[4], O_RDONLY);
  off_t bytes = file < 0 ? -1 : lseek(file, 0, SEEK_END);
  if (bytes < (off_t)sizeof(struct Flow)) fail(word[4]);
  size_t size = (size_t)bytes / sizeof(struct Flow);
  const struct Flow* flows = mmap(NULL, (size_t)bytes, PROT_READ, MAP_PRIVATE, file, 0);
  if (flows == MAP_FAILED) fail("mmap");

  static struct Namespace spaces[kMaxNamespaces];
  size_t many = 0;
  for (; many < kMaxNamespaces && (int)many + 5 < words; ++many) {
    struct Namespace* space = &spaces[many];
    char* colon = strchr(word[many + 5], ':');
    space->count = colon ? strtoul(colon + 1, NULL, 10) : count;
    if (colon) *colon = 0;
    space->name = word[many + 5];
    space->rounds = calloc(rounds, sizeof *space->rounds);
    open_sockets(space, flows, size);
    forget(space);
    if (!first) {
      send_all(space, flows, size, 0, space->count, kOpens);
      if (answered) answer_all(space, flows, space->count);
    }
    send_all(space, flows, size, 0, first ? 64 : space->count, answered ? kGoesOn : kOpens);
  }
  for (size_t round = 0; round < rounds; ++round) {
    for (size_t at = 0; at < many; ++at) {
      struct Namespace* space = &spaces[at];
      if (first) forget(space);
      space->rounds[round] = send_all(space, flows, size, first ? round * space->count : 0, space->count,
                                      answered ? kGoesOn : kOpens);
    }
  }
  for (size_t at = 0; at < many; ++at) {
    printf("%s", spaces[at].name);
    for (size_t round = 0; round < rounds; ++round) printf(" %.1f", spaces[at].rounds[round]);
    printf("\n");
  }
  return 0;
}
