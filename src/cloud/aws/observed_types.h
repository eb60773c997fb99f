// Inside of the observer: which calls make a resource of each type. Not for other folders.
#pragma once

#include <span>
#include <string_view>

#include "base/json.h"

namespace setpoint::cloud::aws {

// One further call for each resource. In `parameters`, "$Member" is the object's member, "$ACCOUNT" the account.
struct ObservedPart {
  std::string_view operation;
  std::string_view parameters;    // JSON
  std::string_view select;        // JMESPath into the answer; "" = all of it
  std::string_view into;          // member of the object; "" = merged into it
  std::string_view absent;        // error codes that mean "not set", separated by spaces
  std::string_view service = {};  // "" = the type's own
};

struct ObservedType {
  std::string_view type;
  std::string_view service;
  std::string_view list_operation;
  std::string_view list_parameters;  // JSON
  std::string_view items;            // JMESPath: the list of objects, or of texts
  std::string_view wrap;             // where they are texts: the member that the text becomes
  std::string_view one_parameters;   // of the same operation for one resource, with $ID; "" = list and select
  std::string_view absent;           // error codes that mean "does not exist"
  enum class Reach {
    regional,
    global,
    buckets
  } reach = Reach::regional;  // buckets: listed at once, read where they are
  std::span<const ObservedPart> parts = {};
};

std::span<const ObservedType> observed_types();
const ObservedType* find_observed_type(std::string_view type);

// Fills "$X" texts of `pattern` from the object.
base::Json fill_parameters(std::string_view pattern, const base::Json& object, std::string_view account,
                           std::string_view id);
bool lists_code(std::string_view codes, std::string_view code);

}  // namespace setpoint::cloud::aws
