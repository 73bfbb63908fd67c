#pragma once
// Policies that the tests of this room share: those of the machine, and tiny ones made of CIL.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "sepolicy/policy.h"

namespace appnet::sepolicy {

inline std::string InstalledPath(const std::string& store) {
  return "/etc/selinux/" + store + "/policy/policy.33";
}

inline std::optional<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The smallest policy that libsepol builds, and `more` of it. It has the types kernel_t, unlabeled_t, a_t,
// b_t and target_t, the class thing (read write), the role system_r for kernel_t, a_t and b_t, and a level if
// asked to.
inline std::string TinyCil(const std::string& more) {
  return R"((class process (fork)) (class thing (read write)) (classorder (process thing))
(sensitivity low) (sensitivity top) (sensitivityorder (low top))
(category red) (category green) (category blue) (category grey) (categoryorder (red green blue grey))
(sensitivitycategory low (range red grey)) (sensitivitycategory top (range red grey))
(sid kernel) (sid security) (sid unlabeled) (sidorder (kernel security unlabeled))
(role object_r) (role system_r) (user sys_u) (userrole sys_u object_r) (userrole sys_u system_r)
(userlevel sys_u (low)) (userrange sys_u ((low) (top (range red grey))))
(type kernel_t) (type unlabeled_t) (type a_t) (type b_t) (type target_t)
(roletype system_r kernel_t) (roletype system_r a_t) (roletype system_r b_t)
(roletype object_r unlabeled_t) (roletype object_r target_t)
(allow kernel_t self (process (fork)))
(sidcontext kernel (sys_u system_r kernel_t ((low) (low))))
(sidcontext security (sys_u object_r target_t ((low) (low))))
(sidcontext unlabeled (sys_u object_r unlabeled_t ((low (red blue)) (top (red green blue)))))
)" + more;
}

inline std::string TinyImage(const std::string& more, bool mls = false) {
  const base::Result<std::string> image = CompileCil({{"tiny.cil", TinyCil(more)}}, mls);
  EXPECT_TRUE(image.ok()) << (image.ok() ? "" : image.error().message);
  return image.ok() ? image.value() : "";
}

inline Policy TinyPolicy(const std::string& more, bool mls = false) {
  base::Result<Policy> policy = Policy::Read(TinyImage(more, mls), "tiny");
  if (!policy.ok()) ADD_FAILURE() << policy.error().message;
  return std::move(policy).value();
}

inline TypeId TypeNamed(const Policy& policy, std::string_view name) {
  const NameLookup found = policy.Find(name);
  EXPECT_EQ(found.kind, NameLookup::Kind::kType) << name;
  return found.id;
}

inline std::vector<std::string> Names(const Policy& policy, const std::vector<TypeId>& types) {
  std::vector<std::string> names;
  for (const TypeId type : types) names.push_back(policy.TypeName(type));
  return names;
}

}  // namespace appnet::sepolicy
