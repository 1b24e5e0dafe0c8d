#pragma once

#include <array>

namespace dlc {

/// A net of the self-test. Its data are never read: the inputs are made up.
struct SelfTestNet {
  const char* name;
  const char* text;
};

/// Together they need each of the schedules, draws, running figures and two optimizers.
inline constexpr std::array<SelfTestNet, 3> self_test_nets = {{
    {"dense layers", R"(
data made_up {
  train idx(x = "none", label = "none")
  x: [19] = x
  label: class[5] = label
}
net classifier(x[n]) { x |> dense(33) |> tanh |> dropout(0.3) |> dense(5) }
train {
  data made_up
  batch 13
  epochs 1
  logits = classifier(x)
  minimize cross_entropy(logits, label) + 1e-4 * l2(classifier) with sgd(0.1, momentum = 0.9)
  metric accuracy(logits, label)
  predict label = softmax(logits)
}
)"},
    {"a convolution", R"(
data made_up {
  train idx(image = "none", label = "none")
  image: [9, 10, 3] = image
  label: class[4] = label
}
net classifier(image[h, w, c]) {
  image |> conv2d(8, 3, pad = 1) |> batch_norm |> relu |> max_pool2d(2) |> flatten |> dense(4)
}
train {
  data made_up
  batch 5
  epochs 1
  logits = classifier(image)
  minimize cross_entropy(logits, label) with sgd(0.05)
  metric accuracy(logits, label)
  predict label = softmax(logits)
}
)"},
    {"an embedding", R"(
data made_up {
  train idx(tokens = "none", label = "none")
  tokens: [7] class[23] = tokens
  label: class[3] = label
}
net reader(token[t]) { token |> embedding(23, 12) |> conv1d(8, 3) |> layer_norm |> last |> dense(3) }
train {
  data made_up
  batch 6
  epochs 1
  logits = reader(tokens)
  minimize cross_entropy(logits, label) with rmsprop(0.01, epsilon = 0.01)
  metric accuracy(logits, label)
  predict label = softmax(logits)
}
)"},
}};

}  // namespace dlc
