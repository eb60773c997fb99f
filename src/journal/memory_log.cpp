#include "journal/memory_log.h"

namespace setpoint::journal {

using base::ErrorCode;
using base::fail;

namespace {
Head head_of(const std::vector<Row>& rows) { return rows.empty() ? Head{} : Head{rows.back().seq, rows.back().hash}; }
}  // namespace

class MemoryLog::Transaction final : public AppendTransaction {
 public:
  explicit Transaction(std::vector<Row>& rows) : rows_(rows) {}
  base::Result<Head> head() override { return head_of(rows_); }
  base::Status append(const Row& row) override {
    if (row.seq != head_of(rows_).seq + 1)
      return fail(ErrorCode::conflict, "entry {} does not follow the head", row.seq);
    rows_.push_back(row);
    return {};
  }
  base::Status write(const StateBatch&) override {
    return fail(ErrorCode::unsupported, "the log in memory keeps no state");
  }
  base::Status attempt(const std::function<base::Status()>& part) override {
    std::size_t before = rows_.size();
    base::Status status = part();
    if (!status) rows_.resize(before);
    return status;
  }

 private:
  std::vector<Row>& rows_;
};

base::Status MemoryLog::transact(const std::function<base::Status(AppendTransaction&)>& body) {
  std::lock_guard lock(mutex_);
  Transaction transaction(rows_);
  return transaction.attempt([&] { return body(transaction); });
}

base::Result<Head> MemoryLog::head() const {
  std::lock_guard lock(mutex_);
  return head_of(rows_);
}

base::Result<std::vector<Row>> MemoryLog::read(std::uint64_t from, std::size_t limit) const {
  std::lock_guard lock(mutex_);
  std::vector<Row> out;
  for (const Row& row : rows_) {
    if (row.seq >= from && out.size() < limit) out.push_back(row);
  }
  return out;
}

base::Result<std::vector<Row>> MemoryLog::find(const std::string& subject, std::uint64_t from,
                                               std::size_t limit) const {
  std::lock_guard lock(mutex_);
  std::vector<Row> out;
  for (const Row& row : rows_) {
    if (row.seq >= from && out.size() < limit && row.subject == subject) out.push_back(row);
  }
  return out;
}

}  // namespace setpoint::journal
