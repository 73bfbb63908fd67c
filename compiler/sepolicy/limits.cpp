// libsepol believes an image's own counts of symbols. One damaged byte makes it touch memory for four billion
// types, or keeps its check of the loaded policy, which is quadratic in these counts, busy for hours. The
// linker puts the functions here in front of libsepol's (see CMakeLists.txt): they refuse more symbols than
// rules could ever name, and else pass on.

#include <algorithm>
#include <iterator>

#include "sepolicy/database.h"
#include "sepolicy/libsepol.h"

namespace {

bool WithinLimits(const policydb_t& policy) {
  return std::all_of(std::begin(policy.symtab), std::end(policy.symtab),
                     [](const symtab_t& symbols) { return symbols.nprim <= appnet::sepolicy::kMostSymbols; });
}

}  // namespace

// The linker's --wrap prescribes these names.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
int __real_cond_read_list(policydb_t* policy, cond_list_t** list, void* file);
int __real_validate_policydb(sepol_handle_t* handle, policydb_t* policy);

// Called between the symbols and everything whose size follows from them, in every policy that has booleans.
int __wrap_cond_read_list(policydb_t* policy, cond_list_t** list, void* file) {
  return WithinLimits(*policy) ? __real_cond_read_list(policy, list, file) : -1;
}

// Called last, for policies of every version.
int __wrap_validate_policydb(sepol_handle_t* handle, policydb_t* policy) {
  return WithinLimits(*policy) ? __real_validate_policydb(handle, policy) : -1;
}
}
// NOLINTEND(bugprone-reserved-identifier)
