// The journal's log in SQLite: the table `journal`, and the transaction that carries rows, documents and tasks
// together.
#pragma once

#include "journal/append_log.h"
#include "store/sqlite/engine.h"

namespace setpoint::store::sqlite {

class Log final : public journal::AppendLog {
 public:
  explicit Log(Engine& engine) : engine_(engine) {}
  base::Status transact(const std::function<base::Status(journal::AppendTransaction&)>& body) override;
  base::Result<journal::Head> head() const override;
  base::Result<std::vector<journal::Row>> read(std::uint64_t from, std::size_t limit) const override;
  base::Result<std::vector<journal::Row>> find(const std::string& subject, std::uint64_t from,
                                               std::size_t limit) const override;

 private:
  Engine& engine_;
};

}  // namespace setpoint::store::sqlite
