// The program inside the guest, twice. `agent serve TTY` takes commands from the host over a serial line: it loads policies, runs shell commands, gives
// back the kernel's denials, and starts roles. `agent role` is such a role: a process in one SELinux domain and one network
// namespace that opens sockets when told to. Each command is one line and is answered by one line.
//
//   spawn ID NAMESPACE CONTEXT     a role; NAMESPACE and CONTEXT may be `-`
//   @ID COMMAND                    hands a command to a role, see role_command
//   policy FILE                    loads a binary policy
//   sh TEXT                        status and output of a shell command
//   log                            what SELinux has logged since the last time
//   end
//
// A line break in an answer is written as \n, a backslash as \\.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 1 << 16, ROLES = 256, SLOTS = 64, WORDS = 16 };

static const char* error_name(void) {
  const char* name = strerrorname_np(errno);
  return name ? name : "EUNKNOWN";
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Waits for events on a descriptor. 1, or 0 with ETIMEDOUT.
static int wait_for(int descriptor, short events, long timeout) {
  const long end = milliseconds() + timeout;
  for (;;) {
    struct pollfd one = {.fd = descriptor, .events = events};
    const long left = end - milliseconds();
    const int ready = poll(&one, 1, left > 0 ? (int)left : 0);
    if (ready > 0) return 1;
    if (ready == 0 && left <= 0) break;
  }
  errno = ETIMEDOUT;
  return 0;
}

// One line without its end; 0 at the end of file, on an error or a timeout.
static int read_line(int descriptor, char* line, long timeout) {
  size_t length = 0;
  for (;;) {
    if (timeout >= 0 && !wait_for(descriptor, POLLIN, timeout)) return 0;
    if (read(descriptor, line + length, 1) != 1) return 0;
    if (line[length] == '\n') break;
    if (length < LINE - 1) ++length;
  }
  line[length] = 0;
  return 1;
}

static void write_all(int descriptor, const char* text, size_t length) {
  while (length > 0) {
    const ssize_t written = write(descriptor, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

// ---------------------------------------------------------------------------------------------- a role

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

static int connect_to(int slot, const char* protocol, const char* from, int from_port, const char* to, int port,
                      long timeout) {
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
  const ssize_t length = recv(slots[slot], text, 1000, 0);
  if (length < 0) return 0;
  text[length] = 0;
  if (length == 0) strcpy(text, "EOF");
  return 1;
}

// A datagram goes back to its sender.
static int answer(int slot, long timeout) {
  char text[2048];
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
  const int good = sendto(made, packet, sizeof packet, 0, (struct sockaddr*)&address, length) == sizeof packet;
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
  header->nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | (adding ? NLM_F_CREATE | NLM_F_REPLACE : 0));
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
  if (IS("device", 1)) return snprintf(device, sizeof device, "%s", strcmp(word[1], "-") == 0 ? "" : word[1]) >= 0;
#undef IS
#undef NUMBER
#undef SLOT
  errno = ENOSYS;
  return 0;
}

static int be_role(void) {
  static char line[LINE], text[LINE], reply[LINE + 64];
  for (int i = 0; i < SLOTS; ++i) slots[i] = -1;
  while (read_line(0, line, -1)) {
    char* word[WORDS];
    int count = 0;
    for (char* part = strtok(line, " "); part && count < WORDS; part = strtok(NULL, " ")) word[count++] = part;
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

// ------------------------------------------------------------------------------------------- the agent

static int host;
static int kernel_log;
static struct {
  char name[32];
  int to, from;  // pipes
} roles[ROLES];
static int role_count;

static void reply_text(const char* status, const char* text) {
  static char escaped[8 * LINE];
  size_t length = (size_t)snprintf(escaped, 64, "%s", status);
  if (*text) escaped[length++] = ' ';
  for (; *text && length < sizeof escaped - 8; ++text) {
    if (*text == '\n' || *text == '\\') {
      escaped[length++] = '\\';
      escaped[length++] = *text == '\n' ? 'n' : '\\';
    } else {
      escaped[length++] = *text;
    }
  }
  escaped[length++] = '\n';
  write_all(host, escaped, length);
}

static void reply_result(int good) { reply_text(good ? "ok" : error_name(), ""); }

static int enter_namespace(const char* name) {
  char path[128];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  const int opened = open(path, O_RDONLY | O_CLOEXEC);
  return opened >= 0 && setns(opened, CLONE_NEWNET) == 0;
}

static void spawn(const char* name, const char* space, const char* context) {
  int to[2], from[2];
  if (role_count == ROLES || pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) {
    reply_text("ENOSPC", "");
    return;
  }
  const pid_t child = fork();
  if (child == 0) {
    if (strcmp(space, "-") != 0 && !enter_namespace(space)) _exit(2);
    if (strcmp(context, "-") != 0) {
      const int attribute = open("/proc/self/attr/exec", O_WRONLY | O_CLOEXEC);
      if (write(attribute, context, strlen(context)) != (ssize_t)strlen(context)) _exit(3);
    }
    dup2(to[0], 0);
    dup2(from[1], 1);
    dup2(from[1], 2);
    execl("/bin/agent", "agent", "role", NULL);
    _exit(4);
  }
  close(to[0]);
  close(from[1]);
  // It answers once its exec has gone well.
  static char line[LINE];
  write_all(to[1], "ready\n", 6);
  if (!read_line(from[0], line, 5000)) {
    int status = 0;
    waitpid(child, &status, WNOHANG);
    close(to[1]);
    close(from[0]);
    snprintf(line, sizeof line, "status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    reply_text("ECHILD", line);
    return;
  }
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/attr/current", (int)child);
  const int attribute = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = read(attribute, line, LINE - 1);
  line[length > 0 ? length : 0] = 0;
  close(attribute);
  snprintf(roles[role_count].name, sizeof roles[role_count].name, "%s", name);
  roles[role_count].to = to[1];
  roles[role_count++].from = from[0];
  reply_text("ok", line);
}

static void hand_on(const char* name, const char* command) {
  static char line[LINE];
  for (int i = 0; i < role_count; ++i) {
    if (strcmp(roles[i].name, name) != 0) continue;
    snprintf(line, sizeof line, "%s\n", command);
    write_all(roles[i].to, line, strlen(line));
    if (read_line(roles[i].from, line, 20000))
      reply_text(line, "");
    else
      reply_text("EPIPE", "");
    return;
  }
  reply_text("ESRCH", "");
}

static void shell(const char* text) {
  static char output[4 * LINE];
  FILE* pipe = popen(text, "re");
  const size_t length = pipe ? fread(output, 1, sizeof output - 1, pipe) : 0;
  output[length] = 0;
  const int status = pipe ? pclose(pipe) : -1;
  char code[16];
  snprintf(code, sizeof code, "%d", WIFEXITED(status) ? WEXITSTATUS(status) : 255);
  reply_text(code, output);
}

static void load_policy(const char* path) {
  // The kernel takes a policy in one write only.
  struct stat status;
  const int opened = open(path, O_RDONLY | O_CLOEXEC);
  char* bytes = NULL;
  int good = opened >= 0 && fstat(opened, &status) == 0 && (bytes = malloc((size_t)status.st_size)) &&
             read(opened, bytes, (size_t)status.st_size) == status.st_size;
  const int target = good ? open("/sys/fs/selinux/load", O_WRONLY | O_CLOEXEC) : -1;
  good = target >= 0 && write(target, bytes, (size_t)status.st_size) == status.st_size;
  reply_result(good);
  free(bytes);
  if (opened >= 0) close(opened);
  if (target >= 0) close(target);
}

// Sends a record of its own through the audit system, whose records come in order.
static void write_mark(unsigned number) {
  struct {
    struct nlmsghdr header;
    char text[64];
  } message = {.header = {.nlmsg_type = AUDIT_USER_AVC, .nlmsg_flags = NLM_F_REQUEST}};
  const int length = snprintf(message.text, sizeof message.text, "appnet-mark=%u;", number);
  message.header.nlmsg_len = NLMSG_LENGTH((unsigned)length + 1);
  const int made = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
  send(made, &message, message.header.nlmsg_len, 0);
  close(made);
}

static void report_log(void) {
  static unsigned marks;
  static char found[4 * LINE], record[8192], mark[64];
  size_t length = 0;
  write_mark(++marks);
  snprintf(mark, sizeof mark, "appnet-mark=%u;", marks);
  for (;;) {
    if (!wait_for(kernel_log, POLLIN, 3000)) {
      reply_text("ETIMEDOUT", "");
      return;
    }
    const ssize_t size = read(kernel_log, record, sizeof record - 1);
    if (size <= 0) {
      if (errno == EPIPE || errno == EINTR) continue;
      reply_result(0);
      return;
    }
    record[size] = 0;
    if (strstr(record, mark)) break;
    const char* text = strchr(record, ';');
    if (!text || (!strstr(text, "avc:") && !strstr(text, "SELinux:"))) continue;
    const size_t part = strcspn(++text, "\n");
    if (length + part + 2 > sizeof found) continue;
    memcpy(found + length, text, part);
    length += part;
    found[length++] = '\n';
  }
  found[length] = 0;
  reply_text("ok", found);
}

static int serve(const char* path) {
  static char line[LINE];
  struct termios settings;
  host = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (host < 0 || kernel_log < 0 || tcgetattr(host, &settings) != 0) return 1;
  cfmakeraw(&settings);
  tcsetattr(host, TCSANOW, &settings);
  signal(SIGPIPE, SIG_IGN);
  reply_text("ready", "");
  while (read_line(host, line, -1)) {
    char* rest = strchr(line, ' ');
    if (rest) *rest++ = 0;
    else rest = line + strlen(line);
    if (line[0] == '@') {
      hand_on(line + 1, rest);
    } else if (strcmp(line, "spawn") == 0) {
      const char* name = strtok(rest, " ");
      const char* space = strtok(NULL, " ");
      const char* context = strtok(NULL, " ");
      if (context) spawn(name, space, context);
      else reply_text("EINVAL", "");
    } else if (strcmp(line, "sh") == 0) {
      shell(rest);
    } else if (strcmp(line, "policy") == 0) {
      load_policy(rest);
    } else if (strcmp(line, "log") == 0) {
      report_log();
    } else if (strcmp(line, "end") == 0) {
      reply_text("ok", "");
      tcdrain(host);
      return 0;
    } else {
      reply_text("ENOSYS", "");
    }
  }
  return 1;
}

int main(int count, char** words) {
  if (count == 2 && strcmp(words[1], "role") == 0) return be_role();
  if (count == 3 && strcmp(words[1], "serve") == 0) return serve(words[2]);
  return 2;
}
