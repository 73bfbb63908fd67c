// A role: opens sockets, one command a line. See role_command for the words.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

enum { SLOTS = 64, WORDS = 16 };

static int slots[SLOTS];
static char device[IFNAMSIZ];  // that sockets are bound to from now on

static socklen_t read_address(const char* text, int port, struct sockaddr_storage* address) {
  memset(address, 0, sizeof *address);
  struct sockaddr_in* v4 = (struct sockaddr_in*)address;
  struct sockaddr_in6* v6 = (struct sockaddr_in6*)address;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) return 0;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons((uint16_t)port);
  return sizeof *v6;
}

// A socket bound to an address that need not be there, or -1.
static int bound_socket(int kind, int protocol, const char* text, int port) {
  const int on = 1;
  struct sockaddr_storage address;
  const socklen_t length = read_address(text, port, &address);
  if (!length) {
    errno = EINVAL;
    return -1;
  }
  const int made = socket(address.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (made < 0) return -1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (device[0]) setsockopt(made, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1);
  if (address.ss_family == AF_INET) {
    setsockopt(made, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
  } else {
    setsockopt(made, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
    setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (bind(made, (struct sockaddr*)&address, length) == 0) return made;
  const int reason = errno;
  close(made);
  errno = reason;
  return -1;
}

static int kind_of(const char* protocol) { return strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM; }

static int listen_at(int slot, const char* protocol, const char* address, int port) {
  slots[slot] = bound_socket(kind_of(protocol), 0, address, port);
  if (slots[slot] < 0) return 0;
  return kind_of(protocol) == SOCK_DGRAM || listen(slots[slot], 16) == 0;
}

// Receives what is sent to a group, as it arrives by an interface.
static int join(int slot, const char* group, const char* interface) {
  struct group_req request = {.gr_interface = if_nametoindex(interface)};
  const int v6 = read_address(group, 0, &request.gr_group) == sizeof(struct sockaddr_in6);
  return setsockopt(slots[slot], v6 ? IPPROTO_IPV6 : IPPROTO_IP, MCAST_JOIN_GROUP, &request,
                    sizeof request) == 0;
}

static int connect_to(int slot, const char* protocol, const char* from, int from_port, const char* to,
                      int port, long timeout) {
  struct sockaddr_storage address;
  const socklen_t length = read_address(to, port, &address);
  slots[slot] = bound_socket(kind_of(protocol), 0, from, from_port);
  if (slots[slot] < 0) return 0;
  if (connect(slots[slot], (struct sockaddr*)&address, length) == 0) return 1;
  if (errno != EINPROGRESS || !wait_for(slots[slot], POLLOUT, timeout)) return 0;
  int result = 0;
  socklen_t size = sizeof result;
  getsockopt(slots[slot], SOL_SOCKET, SO_ERROR, &result, &size);
  errno = result;
  return result == 0;
}

static int accept_from(int slot, int made, long timeout) {
  if (!wait_for(slots[slot], POLLIN, timeout)) return 0;
  slots[made] = accept4(slots[slot], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return slots[made] >= 0;
}

static int send_text(int slot, const char* text) {
  return send(slots[slot], text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

static int receive_text(int slot, char* text, long timeout) {
  if (!wait_for(slots[slot], POLLIN, timeout)) return 0;
  const ssize_t length = recv(slots[slot], text, 8191, 0);
  if (length < 0) return 0;
  text[length] = 0;
  if (length == 0) strcpy(text, "EOF");
  return 1;
}

// A datagram goes back to its sender.
static int answer(int slot, long timeout) {
  char text[8192];
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  if (!wait_for(slots[slot], POLLIN, timeout)) return 0;
  const ssize_t length = recvfrom(slots[slot], text, sizeof text, 0, (struct sockaddr*)&address, &size);
  if (length < 0) return 0;
  return sendto(slots[slot], text, (size_t)length, 0, (struct sockaddr*)&address, size) == length;
}

// An echo request by a ping socket, and its answer.
static int ping(const char* from, const char* to, int id, int size, long timeout) {
  char packet[4096] = {0};
  struct sockaddr_storage address;
  const socklen_t length = read_address(to, 0, &address);
  const int v6 = address.ss_family == AF_INET6;
  const int made = bound_socket(SOCK_DGRAM, v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP, from, id);
  if (made < 0) return 0;
  packet[0] = v6 ? (char)ICMP6_ECHO_REQUEST : ICMP_ECHO;
  int good = sendto(made, packet, (size_t)size, 0, (struct sockaddr*)&address, length) == size &&
             wait_for(made, POLLIN, timeout) && recv(made, packet, sizeof packet, 0) > 0;
  const int reason = errno;
  close(made);
  errno = reason;
  return good;
}

// Any other ICMP message, by a raw socket; nothing is waited for.
static int raw_icmp(const char* from, const char* to, int type, int code) {
  unsigned char packet[16] = {(unsigned char)type, (unsigned char)code};
  struct sockaddr_storage address;
  const socklen_t length = read_address(to, 0, &address);
  const int v6 = address.ss_family == AF_INET6;
  const int made = bound_socket(SOCK_RAW, v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP, from, 0);
  if (made < 0) return 0;
  const unsigned sum = ~(unsigned)(packet[0] << 8 | packet[1]) & 0xffffU;
  packet[2] = (unsigned char)(sum >> 8);
  packet[3] = (unsigned char)sum;
  const int good =
      sendto(made, packet, sizeof packet, 0, (struct sockaddr*)&address, length) == sizeof packet;
  const int reason = errno;
  close(made);
  errno = reason;
  return good;
}

static void add_attribute(struct nlmsghdr* header, unsigned short type, const void* data, size_t size) {
  struct rtattr* attribute = (struct rtattr*)((char*)header + NLMSG_ALIGN(header->nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(size);
  memcpy(RTA_DATA(attribute), data, size);
  header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + (unsigned)RTA_ALIGN(attribute->rta_len);
}

// Adds or deletes the route of one address: to this host (no gateway), or by a gateway.
static int route(int adding, const char* text, const char* interface, const char* gateway) {
  char buffer[512] = {0};
  struct nlmsghdr* header = (struct nlmsghdr*)buffer;
  struct rtmsg* message = NLMSG_DATA(header);
  unsigned char address[16];
  const int family = strchr(text, ':') ? AF_INET6 : AF_INET;
  const size_t size = family == AF_INET6 ? 16 : 4;
  const unsigned index = if_nametoindex(gateway ? interface : "lo");
  header->nlmsg_len = NLMSG_LENGTH(sizeof *message);
  header->nlmsg_type = adding ? RTM_NEWROUTE : RTM_DELROUTE;
  header->nlmsg_flags =
      (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | (adding ? NLM_F_CREATE | NLM_F_REPLACE : 0));
  *message = (struct rtmsg){.rtm_family = (unsigned char)family,
                            .rtm_dst_len = (unsigned char)(size * 8),
                            .rtm_table = gateway ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
                            .rtm_protocol = RTPROT_STATIC,
                            .rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_HOST,
                            .rtm_type = gateway ? RTN_UNICAST : RTN_LOCAL};
  inet_pton(family, text, address);
  add_attribute(header, RTA_DST, address, size);
  add_attribute(header, RTA_OIF, &index, sizeof index);
  if (gateway) {
    inet_pton(family, gateway, address);
    add_attribute(header, RTA_GATEWAY, address, size);
  }
  const int made = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (made < 0) return 0;
  errno = 0;
  if (send(made, buffer, header->nlmsg_len, 0) > 0 && recv(made, buffer, sizeof buffer, 0) > 0)
    errno = -((struct nlmsgerr*)NLMSG_DATA(header))->error;
  const int reason = errno;
  close(made);
  errno = reason;
  return reason == 0;
}

// Runs one command; the answer's text, if any, goes to `text`. 1, or 0 with errno.
static int role_command(char** word, int count, char* text) {
  const char* name = word[0];
#define IS(verb, words) (strcmp(name, verb) == 0 && count == (words) + 1)
#define NUMBER(index) atoi(word[index])
#define SLOT(index) (NUMBER(index) & (SLOTS - 1))
  if (IS("listen", 4)) return listen_at(SLOT(1), word[2], word[3], NUMBER(4));
  if (IS("connect", 7))
    return connect_to(SLOT(1), word[2], word[3], NUMBER(4), word[5], NUMBER(6), NUMBER(7));
  if (IS("join", 3)) return join(SLOT(1), word[2], word[3]);
  if (IS("accept", 3)) return accept_from(SLOT(1), SLOT(2), NUMBER(3));
  if (IS("send", 2)) return send_text(SLOT(1), word[2]);
  if (IS("recv", 2)) return receive_text(SLOT(1), text, NUMBER(2));
  if (IS("answer", 2)) return answer(SLOT(1), NUMBER(2));
  if (IS("shutdown", 1)) return shutdown(slots[SLOT(1)], SHUT_WR) == 0;
  if (IS("close", 1)) {
    const int old = slots[SLOT(1)];
    slots[SLOT(1)] = -1;
    return close(old) == 0;
  }
  if (IS("ping", 5)) return ping(word[1], word[2], NUMBER(3), NUMBER(4), NUMBER(5));
  if (IS("icmp", 4)) return raw_icmp(word[1], word[2], NUMBER(3), NUMBER(4));
  if (IS("route", 3) && strcmp(word[2], "local") == 0)
    return route(strcmp(word[1], "add") == 0, word[3], NULL, NULL);
  if (IS("route", 4)) return route(strcmp(word[1], "add") == 0, word[2], word[3], word[4]);
  if (IS("device", 1))
    return snprintf(device, sizeof device, "%s", strcmp(word[1], "-") == 0 ? "" : word[1]) >= 0;
#undef IS
#undef NUMBER
#undef SLOT
  errno = ENOSYS;
  return 0;
}

int be_role(void) {
  static char line[LINE], text[LINE], reply[LINE + 64];
  for (int i = 0; i < SLOTS; ++i) slots[i] = -1;
  while (read_line(0, line, -1)) {
    char* word[WORDS];
    int count = 0;
    for (char* part = strtok(line, " "); part && count < WORDS; part = strtok(NULL, " "))
      word[count++] = part;
    text[0] = 0;
    errno = 0;
    if (count == 0)
      strcpy(reply, "EINVAL\n");
    else if (role_command(word, count, text))
      snprintf(reply, sizeof reply, text[0] ? "ok %s\n" : "ok\n", text);
    else
      snprintf(reply, sizeof reply, "%s\n", error_name());
    write_all(1, reply, strlen(reply));
  }
  return 0;
}
