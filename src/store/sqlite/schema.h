// The tables, and the way from each older version to this one. A file carries our application id and its schema version
// (PRAGMA application_id, user_version); docs/journal-format.md documents the table `journal` for strangers.
#pragma once

#include "base/random.h"
#include "store/sqlite/connection.h"

namespace setpoint::store::sqlite {

inline constexpr std::int64_t kApplicationId = 0x53545054;  // "STPT"
extern const std::int64_t kSchemaVersion;

// Ours, or empty; otherwise invalid_input, or unsupported for a newer version. Changes nothing.
base::Status check_identity(Connection& connection);
// Brings the file to kSchemaVersion, each step in a transaction of its own; two processes may do so at once.
base::Status migrate(Connection& connection, base::Random& random);

}  // namespace setpoint::store::sqlite
