// Inside of inverse: which call gives back which member of a resource's API object. Not for other folders.
//
// A row: where one of `members` differs, `set` is called, or `clear` where the state before had none of them (or, of a
// toggle, had it off). Parameters are JSON in which text "$A.B" stands for that member of the state before, "@A" for
// one of the resource's identity, "@id" and "@account" for its key; a member that is not there is left out, or is what
// stands behind a "|". Where there is no way back, `because` says why. Rows of one operation become one call.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/plan.h"
#include "model/resource.h"

#include <nlohmann/json.hpp>

namespace setpoint::cloud::aws {

struct Restoring {
  const model::ResourceKey& key;
  const base::Json& have;  // API objects; {} where the resource is not there
  const base::Json& want;
  const base::Json& identity;  // the one that is there

  model::ApiCall call(std::string_view service, std::string_view operation, base::Json parameters) const {
    return {key.account, key.region, std::string(service), std::string(operation), std::move(parameters)};
  }
};
using RestoredCalls = base::Result<std::vector<model::ApiCall>>;

struct InverseRow {
  std::string_view type;     // "AWS::EC2::*" for all of a service
  std::string_view members;  // separated by spaces; "*": the whole, also where it came or went
  std::string_view service = {};
  std::string_view set = {};
  const char* set_parameters = nullptr;
  std::string_view clear = {};
  const char* clear_parameters = nullptr;  // null: as for `set`
  std::string_view because = {};
  bool toggle = false;
  std::string_view off = {};                                  // the value that means "not set"
  RestoredCalls (*build)(const Restoring& change) = nullptr;  // in place of all that
};

std::span<const InverseRow> inverse_rows();

// Particulars (inverse_lists.cpp): what is added and taken away one by one.
RestoredCalls restore_ec2_tags(const Restoring& change);
RestoredCalls restore_principal_tags(const Restoring& change);
RestoredCalls restore_attached_policies(const Restoring& change);
RestoredCalls restore_inline_policies(const Restoring& change);
RestoredCalls restore_snapshot_permissions(const Restoring& change);
RestoredCalls restore_database_snapshot_attributes(const Restoring& change);
RestoredCalls restore_function_policy(const Restoring& change);
RestoredCalls restore_attributes_of(const Restoring& change);
RestoredCalls restore_document_shares(const Restoring& change);
RestoredCalls restore_instance_groups(const Restoring& change);
RestoredCalls restore_interface_groups(const Restoring& change);
RestoredCalls restore_log_exports(const Restoring& change);

}  // namespace setpoint::cloud::aws
