#!/usr/bin/env python3
"""The network of examples/fashion.net in PyTorch: the peer that scripts/bench runs beside dlc.

    fashion_torch.py [--best] [--epochs N] [--seed N]

As it stands PyTorch's defaults; --best: channels_last and the fused optimizer (preload tcmalloc from outside).
"""
import argparse
import gzip
import time

start = time.perf_counter()
import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

FOLDER = "/usr/share/datasets/fashion-mnist/"


def idx(name):
    raw = gzip.open(FOLDER + name + ".gz").read()
    dimensions = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * i: 8 + 4 * i], "big") for i in range(dimensions)]
    return torch.from_numpy(numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape).copy())


def glorot(layer):
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--best", action="store_true")
    options.add_argument("--epochs", type=int, default=1)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    torch.manual_seed(chosen.seed)
    net = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(576, 64), nn.ReLU(), nn.Linear(64, 10))
    net.apply(glorot)
    train = idx("train-images-idx3-ubyte")[:, None].float() / 255, idx("train-labels-idx1-ubyte").long()
    valid = idx("t10k-images-idx3-ubyte")[:, None].float() / 255, idx("t10k-labels-idx1-ubyte").long()
    if chosen.best:
        net = net.to(memory_format=torch.channels_last)
        train = train[0].to(memory_format=torch.channels_last), train[1]
    optimizer = torch.optim.Adam(net.parameters(), 1e-3, eps=1e-8, fused=chosen.best or None)
    best = 0
    for epoch in range(chosen.epochs):
        began = time.perf_counter()
        order = torch.randperm(len(train[0]))
        for rows in order.split(32):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(train[0][rows]), train[1][rows])
            loss.backward()
            optimizer.step()
        trained = time.perf_counter()
        with torch.no_grad():
            right = sum(int((net(x).argmax(1) == y).sum()) for x, y in zip(valid[0].split(32), valid[1].split(32)))
        best = max(best, right / len(valid[0]))
        print(f"epoch {epoch + 1} train {trained - began:.2f} s  valid {time.perf_counter() - trained:.2f} s  "
              f"accuracy {right / len(valid[0]):.4f}", flush=True)
    print(f"best {best:.4f}  whole {time.perf_counter() - start:.2f} s")


main()
