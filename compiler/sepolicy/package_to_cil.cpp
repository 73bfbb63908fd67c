#include "sepolicy/package_to_cil.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "sepolicy/libsepol.h"
#include "sepolicy/messages.h"

namespace appnet::sepolicy {
namespace {

constexpr int kMostSeconds = 60;                           // of computing; real packages take less than one
constexpr std::size_t kMostText = std::size_t{256} << 20;  // of CIL
constexpr std::size_t kMostComplaints = std::size_t{1} << 16;  // bytes of what the converter prints

struct FreePackage {
  void operator()(sepol_module_package_t* package) const { sepol_module_package_free(package); }
};
struct FreePolicyFile {
  void operator()(sepol_policy_file_t* file) const { sepol_policy_file_free(file); }
};

// Runs in the child; writes CIL to `out`, and why there is none to standard error.
int Convert(const std::string& bytes, FILE* out) {
  const Messages messages;
  sepol_policy_file_t* created_file = nullptr;
  sepol_module_package_t* created = nullptr;
  if (sepol_policy_file_create(&created_file) != 0 || sepol_module_package_create(&created) != 0) return 1;
  const std::unique_ptr<sepol_policy_file_t, FreePolicyFile> file(created_file);
  const std::unique_ptr<sepol_module_package_t, FreePackage> package(created);
  sepol_policy_file_set_mem(file.get(), const_cast<char*>(bytes.data()), bytes.size());
  sepol_policy_file_set_handle(file.get(), messages.handle());
  if (sepol_module_package_read(package.get(), file.get(), 0) != 0) {
    std::fprintf(stderr, "%s",
                 messages.text().empty() ? "it is damaged or cut short" : messages.text().c_str());
    return 1;
  }
  return sepol_module_package_to_cil(out, package.get()) == 0 ? 0 : 1;
}

[[noreturn]] void RunChild(const std::string& bytes, int out, int complaints) {
  const rlimit seconds{kMostSeconds, kMostSeconds};
  setrlimit(RLIMIT_CPU, &seconds);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  dup2(complaints, STDERR_FILENO);
  FILE* stream = fdopen(out, "w");
  const int failed = stream == nullptr ? 1 : Convert(bytes, stream);
  const bool written = stream != nullptr && std::fflush(stream) == 0;
  std::fflush(stderr);
  _exit(failed == 0 && written ? 0 : 1);
}

struct Pipe {
  int read = -1, write = -1;
  bool Open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  void CloseWrite() {
    if (write >= 0) close(write);
    write = -1;
  }
  ~Pipe() {
    CloseWrite();
    if (read >= 0) close(read);
  }
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

// Reads both pipes until both end; false when the CIL is longer than anybody's.
bool ReadBoth(int out, int complaints, std::string& cil, std::string& said) {
  std::array<pollfd, 2> polled{pollfd{out, POLLIN, 0}, pollfd{complaints, POLLIN, 0}};
  std::array<char, 65536> buffer{};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return false;
    for (pollfd& one : polled) {
      if (one.fd < 0 || one.revents == 0) continue;
      const ssize_t count = read(one.fd, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        one.fd = -1;
      } else if (one.fd == out) {
        cil.append(buffer.data(), static_cast<std::size_t>(count));
        if (cil.size() > kMostText) return false;
      } else if (said.size() < kMostComplaints) {
        said.append(buffer.data(), static_cast<std::size_t>(count));
      }
    }
  }
  return true;
}

}  // namespace

base::Result<std::string> PackageToCil(const std::string& bytes) {
  Pipe out;
  Pipe complaints;
  if (!out.Open() || !complaints.Open())
    return base::Error{fmt::format("no pipe to convert it through: {}", std::strerror(errno))};
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return base::Error{fmt::format("no process to convert it in: {}", std::strerror(errno))};
  if (child == 0) RunChild(bytes, out.write, complaints.write);
  out.CloseWrite();
  complaints.CloseWrite();
  std::string cil;
  std::string said;
  const bool complete = ReadBoth(out.read, complaints.read, cil, said);
  if (!complete) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (complete && WIFEXITED(status) && WEXITSTATUS(status) == 0) return cil;
  std::string why;
  for (std::size_t begin = 0; WIFEXITED(status) && begin < said.size();) {
    const std::size_t end = std::min(said.find('\n', begin), said.size());
    AppendMessage(why, std::string_view(said).substr(begin, end - begin));
    begin = end + 1;
  }
  return base::Error{fmt::format("the policy package can't be read: {}",
                                 why.empty() ? "it is damaged; libsepol gives no reason" : why)};
}

}  // namespace appnet::sepolicy
