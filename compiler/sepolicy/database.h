#pragma once
// Contract: a kernel policy as libsepol's own structure, loaded from bytes. Loading refuses whatever libsepol
// refuses, and everything that is no SELinux kernel policy; but libsepol checks not every value, so who walks
// the structure checks the values it takes.

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sepolicy/libsepol.h"

namespace appnet::sepolicy {

struct FreePolicydb {
  void operator()(sepol_policydb_t* database) const { sepol_policydb_free(database); }
};
using Database = std::unique_ptr<sepol_policydb_t, FreePolicydb>;

// `name` is how errors call the policy.
base::Result<Database> LoadDatabase(const std::string& bytes, std::string_view name);

// The error for a policy that libsepol accepted but whose parts don't fit together.
base::Error DamagedPolicy(std::string_view what);

// Values of symbols (types, classes, ...) are 1 .. count; rules hold them in 16 bits.
inline constexpr std::uint32_t kMostSymbols = 0xffff;

inline bool IsValue(std::uint64_t value, const symtab_t& table) { return value >= 1 && value <= table.nprim; }

// The name behind a value of one of the symbol tables (SYM_TYPES, ...), or a null pointer.
inline const char* NameOf(const policydb_t& policy, int symbols, std::uint32_t value) {
  if (!IsValue(value, policy.symtab[symbols]) || policy.sym_val_to_name[symbols] == nullptr) return nullptr;
  return policy.sym_val_to_name[symbols][value - 1];
}

// Calls visit(key, datum) for each entry of a symbol table; datum is a Datum&.
template <typename Datum, typename Visit>
void ForEachSymbol(const symtab_t& symbols, Visit visit) {
  if (symbols.table == nullptr) return;
  for (unsigned slot = 0; slot < symbols.table->size; ++slot) {
    for (hashtab_ptr_t node = symbols.table->htable[slot]; node != nullptr; node = node->next) {
      if (node->key == nullptr || node->datum == nullptr) continue;
      visit(static_cast<const char*>(node->key), *static_cast<const Datum*>(node->datum));
    }
  }
}

}  // namespace appnet::sepolicy
