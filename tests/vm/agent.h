#pragma once
// Contract: what the agent and its roles share, see agent.c. Lines go over pipes and the serial line; none is
// longer than LINE.

#include <stddef.h>

enum { LINE = 1 << 16 };

// "ECONNREFUSED" of errno.
const char* error_name(void);
// Waits for events on a descriptor. 1, or 0 with ETIMEDOUT.
int wait_for(int descriptor, short events, long timeout);
// One line without its end; 0 at the end of file, on an error or a timeout. No timeout below 0.
int read_line(int descriptor, char* line, long timeout);
void write_all(int descriptor, const char* text, size_t length);

// Runs until standard input ends.
int be_role(void);
