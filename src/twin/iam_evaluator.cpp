#include "twin/iam_evaluator.h"

#include <algorithm>

#include "twin/iam_conditions.h"
#include "twin/limits.h"

namespace setpoint::twin {

namespace {

constexpr char kAnyText =
    '\x01';  // what * and ? of a pattern become, so that those of a variable's value stay themselves
constexpr char kAnyByte = '\x02';

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "aws:username" or "aws:PrincipalTag/team, 'none'"; nullopt where there is no one value.
std::optional<std::string> variable_value(std::string_view name, const AccessRequest& request) {
  if (name == "*" || name == "?" || name == "$") return std::string(name);
  std::size_t comma = name.find(',');
  auto found = request.context.find(lower(name.substr(0, comma)));
  if (found != request.context.end() && found->second.size() == 1) return found->second[0];
  if (comma == std::string_view::npos) return {};
  std::size_t open = name.find('\'', comma), close = name.rfind('\'');
  if (open == std::string_view::npos || close <= open) return {};
  return std::string(name.substr(open + 1, close - open - 1));
}

std::optional<std::string> expand(std::string_view pattern, const AccessRequest& request) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '$' && i + 1 < pattern.size() && pattern[i + 1] == '{') {
      std::size_t end = pattern.find('}', i);
      if (end == std::string_view::npos) return {};
      auto value = variable_value(pattern.substr(i + 2, end - i - 2), request);
      if (!value) return {};
      out += *value;
      i = end;
    } else {
      out += pattern[i] == '*' ? kAnyText : pattern[i] == '?' ? kAnyByte : pattern[i];
    }
  }
  return out;
}

bool glob(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == kAnyText) {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == kAnyByte || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == kAnyText) ++p;
  return p == pattern.size();
}

template <class Matches>
bool any_of_element(const Json& element, const Matches& matches) {
  if (element.is_string()) return matches(element.get_ref<const std::string&>());
  if (!element.is_array()) return false;
  return std::any_of(element.begin(), element.end(), [&](const Json& item) {
    return item.is_string() && matches(item.template get_ref<const std::string&>());
  });
}

bool action_applies(const Json& statement, const AccessRequest& request) {
  auto matches = [&](const std::string& pattern) {
    return matches_policy_pattern(lower(request.action), lower(pattern), request);
  };
  const Json& negated = base::member(statement, "NotAction");
  return negated.is_null() ? any_of_element(base::member(statement, "Action"), matches)
                           : !any_of_element(negated, matches);
}

bool resource_applies(const Json& statement, const AccessRequest& request) {
  auto matches = [&](const std::string& pattern) { return matches_policy_pattern(request.resource, pattern, request); };
  const Json& negated = base::member(statement, "NotResource");
  return negated.is_null() ? any_of_element(base::member(statement, "Resource"), matches)
                           : !any_of_element(negated, matches);
}

AccessVerdict judge_statement(const Json& statement, const AccessRequest& request) {
  std::string effect = base::string_member(statement, "Effect");
  bool deny = effect == "Deny";
  if (!deny && effect != "Allow") return AccessVerdict::implicitly_denied;
  if (!action_applies(statement, request) || !resource_applies(statement, request))
    return AccessVerdict::implicitly_denied;
  ConditionVerdict conditions = judge_conditions(base::member(statement, "Condition"), request);
  if (deny)
    return conditions == ConditionVerdict::not_met ? AccessVerdict::implicitly_denied
                                                   : AccessVerdict::explicitly_denied;
  return conditions == ConditionVerdict::met ? AccessVerdict::allowed : AccessVerdict::implicitly_denied;
}

Json policy_object(const Json& policy) {
  if (!policy.is_string()) return policy;
  auto parsed = base::parse_json(policy.get_ref<const std::string&>(), {kPolicyBytesMax, 32});
  return parsed ? *parsed : Json();
}

AccessVerdict judge_all(const std::vector<Json>& policies, const AccessRequest& request) {
  AccessVerdict verdict = AccessVerdict::implicitly_denied;
  for (const Json& policy : policies)
    verdict = std::max(verdict, judge(policy, request), [](AccessVerdict a, AccessVerdict b) {
      auto rank = [](AccessVerdict v) {
        return v == AccessVerdict::implicitly_denied ? 0 : v == AccessVerdict::allowed ? 1 : 2;
      };
      return rank(a) < rank(b);
    });
  return verdict;
}

// --- Policies in the state

void add_attached(const State& state, const std::string& account, const Json& attached, std::vector<Json>& out) {
  for (const Json& entry : attached) {
    std::string arn = base::string_member(entry, "PolicyArn");
    if (arn == "arn:aws:iam::aws:policy/AdministratorAccess") {
      out.push_back({{"Statement", {{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}}}});
    } else if (const Json* policy = state.find({account, "global", "AWS::IAM::Policy", arn})) {
      out.push_back(base::member(*policy, "Document"));
    }
  }
}

void add_policies_of(const State& state, const StateKey& key, PolicySet& out) {
  const Json* principal = state.find(key);
  if (!principal) return;
  for (const Json& policy : base::member(*principal, "Policies")) out.identity.push_back(policy);
  add_attached(state, key.account, base::member(*principal, "AttachedPolicies"), out.identity);
  const Json& boundary = base::member(*principal, "PermissionsBoundary");
  if (boundary.is_null()) return;
  out.boundary.emplace();
  add_attached(state, key.account, Json::array({{{"PolicyArn", base::member(boundary, "PermissionsBoundaryArn")}}}),
               *out.boundary);
}

// --- Trust

bool principal_named(const Json& principal, const Caller& caller) {
  std::string role_arn = fmt::format("arn:aws:iam::{}:role/{}", caller.account, caller.role_name);
  auto names_caller = [&](const std::string& text) {
    return text == "*" || text == caller.account || text == fmt::format("arn:aws:iam::{}:root", caller.account) ||
           text == caller.arn || (!caller.role_name.empty() && text == role_arn);
  };
  if (principal.is_string()) return principal.get<std::string>() == "*";
  return any_of_element(base::member(principal, "AWS"), names_caller);
}

bool is_list_of_one(const Json& value) { return value.is_object(); }

}  // namespace

bool matches_policy_pattern(std::string_view text, std::string_view pattern, const AccessRequest& request) {
  std::optional<std::string> expanded = expand(pattern, request);
  return expanded && glob(text, *expanded);
}

AccessVerdict judge(const Json& written, const AccessRequest& request) {
  Json policy = policy_object(written);
  const Json& statements = base::member(policy, "Statement");
  if (is_list_of_one(statements)) return judge_statement(statements, request);
  AccessVerdict verdict = AccessVerdict::implicitly_denied;
  for (const Json& statement : statements) {
    AccessVerdict one = judge_statement(statement, request);
    if (one == AccessVerdict::explicitly_denied) return one;
    if (one == AccessVerdict::allowed) verdict = one;
  }
  return verdict;
}

Evaluation evaluate(const PolicySet& policies, const AccessRequest& request) {
  if (policies.everything) return {AccessVerdict::allowed, {}};
  struct Layer {
    const std::vector<Json>* policies;
    const char* name;
  };
  const Layer layers[] = {{&policies.identity, "identity-based policy"},
                          {policies.boundary ? &*policies.boundary : nullptr, "permissions boundary"},
                          {policies.session ? &*policies.session : nullptr, "session policy"}};
  for (const Layer& layer : layers) {
    if (layer.policies && judge_all(*layer.policies, request) == AccessVerdict::explicitly_denied) {
      return {AccessVerdict::explicitly_denied,
              fmt::format("with an explicit deny in {} {}", layer.name[0] == 'i' ? "an" : "a", layer.name)};
    }
  }
  for (const Layer& layer : layers) {
    if (layer.policies && judge_all(*layer.policies, request) != AccessVerdict::allowed) {
      return {AccessVerdict::implicitly_denied,
              fmt::format("because no {} allows the {} action", layer.name, request.action)};
    }
  }
  return {AccessVerdict::allowed, {}};
}

PolicySet policies_of(const State& state, const Caller& caller) {
  PolicySet out;
  out.everything = caller.is_root();
  if (!caller.session_policies.empty()) out.session = caller.session_policies;
  if (!caller.role_name.empty())
    add_policies_of(state, {caller.account, "global", "AWS::IAM::Role", caller.role_name}, out);
  if (caller.user_name.empty()) return out;
  StateKey user{caller.account, "global", "AWS::IAM::User", caller.user_name};
  add_policies_of(state, user, out);
  if (const Json* document = state.find(user)) {
    for (const Json& group : base::member(*document, "Groups")) {
      if (group.is_string())
        add_policies_of(state, {caller.account, "global", "AWS::IAM::Group", group.get<std::string>()}, out);
    }
  }
  return out;
}

bool trusts(const Json& written, const Caller& caller, const std::string& external_id) {
  AccessRequest request{"sts:AssumeRole", "*", {}};
  request.context["aws:principalarn"] = {caller.arn};
  request.context["aws:principalaccount"] = {caller.account};
  if (!external_id.empty()) request.context["sts:externalid"] = {external_id};
  Json policy = policy_object(written);
  Json statements = base::member(policy, "Statement");
  if (is_list_of_one(statements)) statements = Json::array({statements});
  bool allowed = false;
  for (Json statement : statements) {
    if (!statement.is_object() || !principal_named(base::member(statement, "Principal"), caller)) continue;
    statement["Resource"] = "*";
    AccessVerdict verdict = judge_statement(statement, request);
    if (verdict == AccessVerdict::explicitly_denied) return false;
    allowed = allowed || verdict == AccessVerdict::allowed;
  }
  return allowed;
}

}  // namespace setpoint::twin
