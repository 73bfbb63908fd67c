#include "driver/find_policy.h"

#include <fmt/format.h>

#include <optional>
#include <sstream>

namespace appnet::driver {
namespace {

constexpr std::string_view kRunning = "/sys/fs/selinux/policy";
constexpr std::string_view kConfiguration = "/etc/selinux/config";

// SELINUXTYPE of the configuration file.
std::optional<std::string> ConfiguredType(const base::FileSystem& files) {
  const base::Result<std::string> text = files.Read(std::string(kConfiguration));
  if (!text) return std::nullopt;
  std::istringstream lines(text.value());
  std::optional<std::string> type;
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kKey = "SELINUXTYPE=";
    if (line.compare(0, kKey.size(), kKey) != 0) continue;
    std::string value = line.substr(kKey.size());
    value.erase(value.find_last_not_of(" \t\r") + 1);
    if (!value.empty() && value.find('/') == std::string::npos) type = value;
  }
  return type;
}

// The policy.N with the highest N.
std::optional<std::string> NewestIn(const std::string& folder, const base::FileSystem& files) {
  const base::Result<std::vector<std::string>> names = files.List(folder);
  if (!names) return std::nullopt;
  std::optional<std::string> newest;
  unsigned long best = 0;
  for (const std::string& name : names.value()) {
    constexpr std::string_view kStem = "policy.";
    if (name.compare(0, kStem.size(), kStem) != 0 || name.size() == kStem.size() ||
        name.size() > kStem.size() + 6)
      continue;
    if (name.find_first_not_of("0123456789", kStem.size()) != std::string::npos) continue;
    const unsigned long version = std::stoul(name.substr(kStem.size()));
    if (!newest || version > best) {
      newest = fmt::format("{}/{}", folder, name);
      best = version;
    }
  }
  return newest;
}

}  // namespace

base::Result<PolicyPlace> FindPolicyPlace(const std::string& option, const base::FileSystem& files) {
  if (option == "reference") return PolicyPlace{"", option};
  if (!option.empty()) {
    const std::string::size_type slash = option.rfind('/');
    // .../default/policy/policy.33 is called `default`, as users call it
    std::string name = slash == std::string::npos ? option : option.substr(slash + 1);
    constexpr std::string_view kFolder = "/policy";
    if (slash != std::string::npos && slash > kFolder.size() &&
        option.compare(slash - kFolder.size(), kFolder.size(), kFolder) == 0) {
      const std::string::size_type end = slash - kFolder.size();
      const std::string::size_type begin = option.rfind('/', end - 1);
      if (begin != std::string::npos && end > begin + 1) name = option.substr(begin + 1, end - begin - 1);
    }
    return PolicyPlace{option, name};
  }
  const std::optional<std::string> type = ConfiguredType(files);
  if (files.Exists(std::string(kRunning)))
    return PolicyPlace{std::string(kRunning), type.value_or("running system")};
  if (type) {
    if (const auto path = NewestIn(fmt::format("/etc/selinux/{}/policy", *type), files))
      return PolicyPlace{*path, *type};
  }
  return base::Error{
      "no SELinux policy found: this system runs none and /etc/selinux/config names none; give a binary "
      "policy with "
      "--policy FILE (such as /etc/selinux/default/policy/policy.33), or --policy reference to try things "
      "out"};
}

base::Result<sepolicy::Policy> FindPolicy(const std::string& option, const base::FileSystem& files) {
  const base::Result<PolicyPlace> place = FindPolicyPlace(option, files);
  if (!place) return place.error();
  const auto& [path, name] = place.value();
  if (path.empty()) return sepolicy::Policy::Reference();
  base::Result<std::string> bytes = files.Read(path);
  if (!bytes) return bytes.error();
  base::Result<sepolicy::Policy> policy = sepolicy::Policy::Read(std::move(bytes).value(), name);
  if (!policy) return base::Error{fmt::format("{}: {}", path, policy.error().message)};
  return policy;
}

}  // namespace appnet::driver
