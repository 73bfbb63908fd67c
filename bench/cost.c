// cost COMMAND ARGUMENT…: runs the command and writes what it cost to descriptor 3: CPU and wall
// microseconds, peak KiB, exit code. A small parent, because a child's peak starts at the size of the process
// that it was forked from.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

int main(int count, char** words) {
  if (count < 2) return 2;
  long long start = now();
  pid_t child = fork();
  if (child < 0) return 3;
  if (child == 0) {
    close(3);
    execvp(words[1], words + 1);
    perror(words[1]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (wait4(child, &status, 0, &used) != child) return 3;
  long long cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
                  used.ru_stime.tv_usec;
  dprintf(3, "%lld %lld %ld %d\n", cpu, now() - start, used.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
