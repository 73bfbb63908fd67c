// The program inside the guest, twice. `agent serve TTY` takes commands from the host over a serial line: it
// loads policies, runs shell commands, gives back what SELinux has logged, and starts roles. `agent role` is
// such a role (role.c): a process in one SELinux domain and one network namespace that opens sockets when
// told to. Each command is one line and is answered by one line.
//
//   spawn ID NAMESPACE CONTEXT     a role; NAMESPACE and CONTEXT may be `-`
//   @ID COMMAND                    hands a command to a role, see role.c
//   policy FILE                    loads a binary policy
//   sh TEXT                        status and output of a shell command
//   log                            what SELinux has logged since the last time
//   end
//
// A line break in an answer is written as \n, a backslash as \\.
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
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

enum { ROLES = 256 };

const char* error_name(void) {
  const char* name = strerrorname_np(errno);
  return name ? name : "EUNKNOWN";
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int wait_for(int descriptor, short events, long timeout) {
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

int read_line(int descriptor, char* line, long timeout) {
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

void write_all(int descriptor, const char* text, size_t length) {
  while (length > 0) {
    const ssize_t written = write(descriptor, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

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
    if (read_line(roles[i].from, line, 20000)) {
      char* text = strchr(line, ' ');
      if (text) *text++ = 0;
      reply_text(line, text ? text : "");
    } else {
      reply_text("EPIPE", "");
    }
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
    if (rest)
      *rest++ = 0;
    else
      rest = line + strlen(line);
    if (line[0] == '@') {
      hand_on(line + 1, rest);
    } else if (strcmp(line, "spawn") == 0) {
      const char* name = strtok(rest, " ");
      const char* space = strtok(NULL, " ");
      const char* context = strtok(NULL, " ");
      if (context)
        spawn(name, space, context);
      else
        reply_text("EINVAL", "");
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
