#include "runtime/train/weights.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <new>

namespace dlc {

namespace {

constexpr std::align_val_t line{64};

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t bytes)
    : data_(static_cast<std::byte*>(::operator new(std::max<std::size_t>(bytes, 1), line))), size_(bytes) {
  std::memset(data_.get(), 0, bytes);
}

void AlignedBuffer::Free::operator()(std::byte* data) const {
  ::operator delete(data, line);
}

Weights::Entry& Weights::add(std::string name, Shape shape, bool trained) {
  assert(find(name) == nullptr);
  const std::size_t bytes = static_cast<std::size_t>(count(shape)) * sizeof(float);
  entries_.push_back({std::move(name), std::move(shape), trained, AlignedBuffer(bytes)});
  return entries_.back();
}

Weights::Entry* Weights::find(std::string_view name) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

bool Weights::are_finite() const {
  return std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
    const std::span<const float> values = entry.values();
    return !entry.trained ||
           std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  });
}

void Weights::bind(Step& step) {
  for (const Slot& slot : step.slots()) {
    if (slot.role == Slot::Role::input) continue;
    Entry* entry = find(slot.name);
    assert(entry != nullptr && entry->shape == slot.type.shape);
    step.bind(*step.slot(slot.name), entry->buffer.data());
  }
}

}  // namespace dlc
