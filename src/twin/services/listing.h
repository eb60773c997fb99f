// Lists as AWS gives them: filtered, paged, tagged. Shared by the services of this folder.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "twin/service.h"

namespace setpoint::twin::services {

// --- Members of a document by a dotted path; lists on the way are walked through: "IpPermissions.IpRanges.CidrIp".
// Numbers and booleans read as text.
std::vector<std::string> values_at(const Json& document, std::string_view path);

// --- Filters: [{Name, Values}] of EC2, RDS and their like. Values may hold * and ?.
struct FilterField {
  const char* name;  // "vpc-id"
  const char* path;  // "VpcId", or "" where the filter is known but can match nothing here
};
// The documents that pass every filter; tag:KEY, tag-key and tag-value work for all of them. An unknown filter name is
// an error.
Check keep_matching(std::vector<Json>& documents, const Json& filters, const std::vector<FilterField>& fields);
bool matches_wildcard(std::string_view text, std::string_view pattern);  // * and ?

// --- Pages. `limit` 0 = all at once. The token is opaque to clients; a bad one is an error with `bad_token_code`.
struct PageNames {
  const char* limit = "MaxResults";
  const char* token_in = "NextToken";
  const char* token_out = "NextToken";
  const char* bad_token_code = "InvalidNextToken";
  std::size_t limit_default = 0;
  std::size_t limit_max = 1000;
};
// {list_member: page, token_out: ...}
Answer page(const Request& request, std::vector<Json> items, const char* list_member, const PageNames& names = {});

// --- Tags, kept as a list of {Key, Value} in order of keys, whatever the service's own form.
Json sorted_tags(const Json& tags);                      // from a list or a map
void merge_tags(Json& document, const Json& tags);       // into document["Tags"]
void remove_tags(Json& document, const Json& tag_keys);  // a list of keys
Json tags_as_map(const Json& tags);
Json tags_as_lower_list(const Json& tags);  // [{key, value}], ECS and CodeBuild

// The document without some members: what is kept for ourselves does not go on the wire.
Json without(Json document, std::initializer_list<const char*> members);
// Those of the named members, or parameters, that are there.
Json pick(const Json& from, std::initializer_list<const char*> members);
Json pick(const Request& request, std::initializer_list<const char*> parameters);
// Writes those over the document's.
void overlay(Json& document, const Json& from, std::initializer_list<const char*> members);
void overlay(Json& document, const Request& request, std::initializer_list<const char*> parameters);

}  // namespace setpoint::twin::services
