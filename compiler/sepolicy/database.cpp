#include "sepolicy/database.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "sepolicy/messages.h"

namespace appnet::sepolicy {
namespace {

constexpr std::uint32_t kPackageMagic = 0xf97cff8f;

struct FreePolicyFile {
  void operator()(sepol_policy_file_t* file) const { sepol_policy_file_free(file); }
};

std::uint32_t Magic(const std::string& bytes) {
  std::uint32_t magic = 0;
  for (std::size_t i = 0; i < 4 && i < bytes.size(); ++i) {
    magic |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return magic;
}

bool LooksLikeText(const std::string& bytes) {
  const std::string_view head = std::string_view(bytes).substr(0, 256);
  return std::all_of(head.begin(), head.end(), [](unsigned char byte) {
    return byte >= 0x20 || byte == '\n' || byte == '\t' || byte == '\r';
  });
}

// What the bytes are when they are no kernel policy, as far as their beginning tells; empty when they may be
// one.
std::string_view WhatElse(const std::string& bytes) {
  if (bytes.empty()) return "the file is empty";
  switch (Magic(bytes)) {
    case SELINUX_MAGIC:
      return {};
    case SELINUX_MOD_MAGIC:
      return "it is a policy module, not the policy of a system";
    case kPackageMagic:
      return "it is a policy package (a module), not the policy of a system";
    default:
      return LooksLikeText(bytes) ? "it is text" : "it doesn't begin as one";
  }
}

// libsepol takes any number for an initial SID, and later makes a table as long as the highest.
bool InitialSidsInRange(const policydb_t& policy) {
  for (const ocontext_t* entry = policy.ocontexts[OCON_ISID]; entry != nullptr; entry = entry->next) {
    if (entry->sid[0] < 1 || entry->sid[0] > kMostSymbols) return false;
  }
  return true;
}

}  // namespace

base::Result<Database> LoadDatabase(const std::string& bytes, std::string_view name) {
  if (const std::string_view other = WhatElse(bytes); !other.empty()) {
    return base::Error{fmt::format("`{}` is no binary SELinux policy: {}", name, other)};
  }
  sepol_policydb_t* created = nullptr;
  APPNET_CHECK(sepol_policydb_create(&created) == 0, "libsepol gives no policy database");
  Database database(created);
  sepol_policy_file_t* created_file = nullptr;
  APPNET_CHECK(sepol_policy_file_create(&created_file) == 0, "libsepol gives no policy file");
  const std::unique_ptr<sepol_policy_file_t, FreePolicyFile> file(created_file);
  const Messages messages;
  // libsepol only reads from it, whatever the type says.
  sepol_policy_file_set_mem(file.get(), const_cast<char*>(bytes.data()), bytes.size());
  sepol_policy_file_set_handle(file.get(), messages.handle());
  if (sepol_policydb_read(database.get(), file.get()) != 0) {
    return base::Error{fmt::format(
        "`{}` can't be read as a binary SELinux policy (damaged, cut short, or of an unknown version): {}",
        name, messages.text().empty() ? "libsepol gives no reason" : messages.text())};
  }
  const policydb_t& policy = database->p;
  if (policy.policy_type != POLICY_KERN) {
    return base::Error{fmt::format("`{}` is no binary SELinux policy: it is a policy module", name)};
  }
  if (policy.target_platform != SEPOL_TARGET_SELINUX) {
    return base::Error{fmt::format("`{}` is a policy for Xen, not for Linux", name)};
  }
  if (!InitialSidsInRange(policy)) {
    return base::Error{
        fmt::format("`{}`: {}", name, DamagedPolicy("an initial SID has a number out of range").message)};
  }
  return database;
}

base::Error DamagedPolicy(std::string_view what) {
  return base::Error{fmt::format("the binary policy is damaged: {}", what)};
}

}  // namespace appnet::sepolicy
