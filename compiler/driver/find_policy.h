#pragma once
// Contract: the binary SELinux policy to check against: the one that --policy names, else the running
// system's, else the configured one under /etc/selinux. The error of having none says what to give.

#include <string>

#include "base/file_system.h"
#include "base/result.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

struct PolicyPlace {
  std::string path;  // empty: the reference policy
  std::string name;  // as users call it
};

base::Result<PolicyPlace> FindPolicyPlace(const std::string& option, const base::FileSystem& files);
base::Result<sepolicy::Policy> FindPolicy(const std::string& option, const base::FileSystem& files);

}  // namespace appnet::driver
