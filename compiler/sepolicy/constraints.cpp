#include "sepolicy/constraints.h"

#include <algorithm>
#include <mutex>

#include "sepolicy/bits.h"
#include "sepolicy/context_index.h"
#include "sepolicy/libsepol.h"
#include "sepolicy/messages.h"

namespace appnet::sepolicy {
namespace {

std::mutex evaluating;  // libsepol's policy and table of contexts are global

// libsepol's globals, set to a policy for as long as this lives.
class Evaluation {
 public:
  explicit Evaluation(policydb_t& policy) : lock_(evaluating) {
    sepol_sidtab_init(&contexts_);
    sepol_set_policydb(&policy);
    sepol_set_sidtab(&contexts_);
  }
  ~Evaluation() {
    sepol_set_sidtab(nullptr);
    sepol_set_policydb(nullptr);
    sepol_sidtab_destroy(&contexts_);
  }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

 private:
  std::lock_guard<std::mutex> lock_;
  sidtab_t contexts_{};
};

// Both branches of every condition count, so that no rule hides its constraints behind a boolean. (libsepol
// looks for constraints only where a rule allows.)
void EnableAllRules(policydb_t& policy) {
  for (cond_node_t* node = policy.cond_list; node != nullptr; node = node->next) {
    for (cond_av_list_t* list : {node->true_list, node->false_list}) {
      for (; list != nullptr; list = list->next) {
        if (list->node != nullptr) list->node->key.specified |= AVTAB_ENABLED;
      }
    }
  }
}

std::string OneLine(const char* text) {
  std::string line;
  for (const char* at = text; at != nullptr && *at != '\0'; ++at) {
    const char c = *at == '\n' || *at == '\t' ? ' ' : *at;
    if (c != ' ' || (!line.empty() && line.back() != ' ')) line += c;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

base::Result<Constraints> Constraints::Of(const std::string& image, std::string_view name) {
  base::Result<Database> database = LoadDatabase(image, name);
  if (!database) return database.error();
  EnableAllRules(database.value()->p);
  return Constraints(std::move(database).value());
}

std::vector<std::string> Constraints::ContextsOf(std::string_view type) const {
  const policydb_t& policy = database_->p;
  std::uint32_t value = 0;
  ForEachSymbol<type_datum_t>(policy.p_types, [&](const char* name, const type_datum_t& datum) {
    if (type == name) value = datum.s.value;
  });
  std::vector<std::string> contexts;
  if (value == 0) return contexts;
  ForEachSymbol<user_datum_t>(policy.p_users, [&](const char*, const user_datum_t& user) {
    ForEachBit(user.roles.roles, [&](std::uint64_t bit) {
      if (!IsValue(bit + 1, policy.p_roles)) return;
      const role_datum_t* role = policy.role_val_to_struct[bit];
      if (role == nullptr || !HasBit(role->types.types, value - 1)) return;
      context_struct_t context{};
      context.user = user.s.value;
      context.role = static_cast<std::uint32_t>(bit + 1);
      context.type = value;
      context.range = user.exp_range;  // borrowed, only read
      if (auto text = FormatContext(policy, context)) contexts.push_back(std::move(*text));
      context.range.level[1] = context.range.level[0];
      if (auto text = FormatContext(policy, context)) contexts.push_back(std::move(*text));
    });
  });
  std::ranges::sort(contexts);
  contexts.erase(std::unique(contexts.begin(), contexts.end()), contexts.end());
  return contexts;
}

std::optional<std::string> Constraints::Stops(const std::string& subject, const std::string& object,
                                              std::string_view object_class,
                                              std::string_view permission) const {
  const Messages silence;  // libsepol's default handle
  const Evaluation evaluation(database_->p);
  sepol_security_id_t subject_id = 0;
  sepol_security_id_t object_id = 0;
  sepol_security_class_t class_id = 0;
  sepol_access_vector_t access = 0;
  if (sepol_context_to_sid(subject.c_str(), subject.size() + 1, &subject_id) != 0 ||
      sepol_context_to_sid(object.c_str(), object.size() + 1, &object_id) != 0 ||
      sepol_string_to_security_class(std::string(object_class).c_str(), &class_id) != 0 ||
      sepol_string_to_av_perm(class_id, std::string(permission).c_str(), &access) != 0)
    return std::nullopt;
  sepol_av_decision decision{};
  unsigned reason = 0;
  char* text = nullptr;
  const int failed =
      sepol_compute_av_reason_buffer(subject_id, object_id, class_id, access, &decision, &reason, &text, 0);
  std::optional<std::string> constraint;
  if (failed == 0 && (decision.allowed & access) == 0 && (reason & SEPOL_COMPUTEAV_CONS) != 0)
    constraint = OneLine(text);
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): libsepol allocates it so
  return constraint;
}

}  // namespace appnet::sepolicy
