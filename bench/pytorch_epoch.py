"""One epoch of a plain PyTorch training loop on one thread, once for each line read: prints its seconds."""

import sys
import time

try:
    import torch
except ImportError:
    print("no torch", flush=True)
    sys.exit()

ROWS, FEATURES, CLASSES, BATCH = 50_000, 24, 3, 32

torch.set_num_threads(1)
torch.manual_seed(1)
x = torch.rand(ROWS, FEATURES)
y = torch.randint(0, CLASSES, (ROWS,))
model = torch.nn.Sequential(
    torch.nn.Linear(FEATURES, 64),
    torch.nn.ReLU(),
    torch.nn.Dropout(0.2),
    torch.nn.Linear(64, 32),
    torch.nn.ReLU(),
    torch.nn.Dropout(0.2),
    torch.nn.Linear(32, CLASSES),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
criterion = torch.nn.CrossEntropyLoss()
print(torch.__version__, flush=True)

for _ in sys.stdin:
    start = time.perf_counter()
    order = torch.randperm(ROWS)
    for first in range(0, ROWS, BATCH):
        rows = order[first : first + BATCH]
        optimizer.zero_grad()
        loss = criterion(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    print(time.perf_counter() - start, flush=True)
