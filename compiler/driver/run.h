#pragma once
// Contract: the program: reads the command line, runs one command, returns the exit code.
//   0 all is well, 1 the policy has errors, 2 the command line is wrong, 3 the environment failed, 4 a bug of
//   ours.

namespace appnet::driver {

inline constexpr int kExitOk = 0;
inline constexpr int kExitPolicy = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitEnvironment = 3;

int Run(int argc, char** argv);

}  // namespace appnet::driver
