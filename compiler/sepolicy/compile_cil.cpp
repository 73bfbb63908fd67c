#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>

#include "sepolicy/cil_compiler.h"
#include "sepolicy/cil_text.h"
#include "sepolicy/database.h"
#include "sepolicy/libsepol.h"
#include "sepolicy/messages.h"
#include "sepolicy/policy.h"

namespace appnet::sepolicy {
namespace {

constexpr int kPolicyVersion = 33;

// The CIL compiler has one log level and one log handler for the whole process, and a handler gets no
// argument: so one compilation runs at a time, and its messages go through here.
std::mutex compiling;
std::string* compiler_said = nullptr;  // guarded by `compiling`

constexpr std::size_t kLongestLog = std::size_t{64} << 20;

// A message comes in fragments, with its line ends.
void KeepMessage(int level, const char* message) {
  if (level <= CIL_WARN && compiler_said != nullptr && compiler_said->size() < kLongestLog)
    *compiler_said += message;
}

class LogCapture {
 public:
  LogCapture() : lock_(compiling) {
    compiler_said = &text_;
    // Not CIL_ERR: libsepol 3.4 then lets conflicting portcon and the like pass, and drops one of them.
    cil_set_log_level(CIL_WARN);
    cil_set_log_handler(KeepMessage);
  }
  ~LogCapture() { compiler_said = nullptr; }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  const std::string& text() const { return text_; }
  // The same in one line.
  std::string Line() const {
    std::string line;
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      AppendMessage(line, std::string_view(text_).substr(begin, end - begin));
      begin = end + 1;
    }
    return line;
  }

 private:
  std::lock_guard<std::mutex> lock_;
  std::string text_;
};

struct DestroyCil {
  void operator()(cil_db_t* database) const { cil_db_destroy(&database); }
};
using CilDatabase = std::unique_ptr<cil_db_t, DestroyCil>;

base::Error Failed(std::string_view step, const std::string& said) {
  return base::Error{fmt::format("{}: {}", step, said.empty() ? "libsepol gives no reason" : said)};
}

base::Result<std::string> ToImage(sepol_policydb_t* policy) {
  const Messages messages;
  void* image = nullptr;
  std::size_t size = 0;
  if (sepol_policydb_to_image(messages.handle(), policy, &image, &size) != 0) {
    return Failed("the compiled policy can't be written", messages.text());
  }
  std::string bytes(static_cast<const char*>(image), size);
  free(image);  // NOLINT(cppcoreguidelines-no-malloc): libsepol allocates it so
  return bytes;
}

base::Result<std::string> Compile(const std::vector<CilText>& texts, bool mls, bool neverallow,
                                  const LogCapture& log) {
  const Messages silence;  // what CIL's back end says goes to libsepol's default handle
  cil_db_t* created = nullptr;
  cil_db_init(&created);
  const CilDatabase database(created);
  cil_set_mls(created, mls ? 1 : 0);
  cil_set_policy_version(created, kPolicyVersion);
  cil_set_target_platform(created, SEPOL_TARGET_SELINUX);
  cil_set_disable_neverallow(created, neverallow ? 0 : 1);
  const bool says_unknown = std::any_of(texts.begin(), texts.end(), [](const CilText& text) {
    return HasStatement(text.text, "handleunknown");
  });
  if (!says_unknown) cil_set_handle_unknown(created, SEPOL_ALLOW_UNKNOWN);
  for (const CilText& text : texts) {
    if (cil_add_file(created, text.name.c_str(), text.text.data(), text.text.size()) != 0) {
      return Failed(fmt::format("`{}` is no CIL", text.name), log.Line());
    }
  }
  if (cil_compile(created) != 0) return Failed("the CIL doesn't compile", log.Line());
  sepol_policydb_t* built = nullptr;
  const bool ok = cil_build_policydb(created, &built) == 0;
  const Database policy(built);
  if (!ok || built == nullptr) return Failed("no binary policy can be built from the CIL", log.Line());
  return ToImage(built);
}

}  // namespace

base::Result<std::string> CompileCil(const std::vector<CilText>& texts, bool mls) {
  const LogCapture log;
  return Compile(texts, mls, true, log);
}

base::Result<Linked> CompileCilPastNeverallow(const std::vector<CilText>& texts, bool mls) {
  Linked linked;
  const auto compile = [&](bool neverallow) {
    const LogCapture log;
    base::Result<std::string> image = Compile(texts, mls, neverallow, log);
    if (!image) linked.violations = ReadNeverallowLog(log.text());
    return image;
  };
  base::Result<std::string> image = compile(true);
  if (!image && !linked.violations.empty()) {
    std::vector<NeverallowViolation> violations = std::move(linked.violations);
    image = compile(false);
    linked.violations = std::move(violations);
  }
  if (!image) return image.error();
  linked.image = std::move(image).value();
  return linked;
}

}  // namespace appnet::sepolicy
