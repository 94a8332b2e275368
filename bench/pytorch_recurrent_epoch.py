"""One epoch of a plain PyTorch training loop over windows on one thread, once for each line read: prints its seconds.

Arguments: lstm or gru, rows of a batch.
"""

import sys
import time

try:
    import torch
except ImportError:
    print("no torch", flush=True)
    sys.exit()

SAMPLES, FEATURES, CLASSES, LENGTH, HIDDEN, LAYERS = 5_000, 36, 3, 20, 64, 2
KIND, BATCH = sys.argv[1], int(sys.argv[2])

torch.set_num_threads(1)
torch.manual_seed(1)
x = torch.rand(SAMPLES + LENGTH - 1, FEATURES)
y = torch.randint(0, CLASSES, (SAMPLES,))
steps = torch.arange(LENGTH)


class Recurrent(torch.nn.Module):
    def __init__(self):
        super().__init__()
        layer = torch.nn.LSTM if KIND == "lstm" else torch.nn.GRU
        self.layers = layer(FEATURES, HIDDEN, LAYERS, batch_first=True, dropout=0.2)
        self.head = torch.nn.Sequential(torch.nn.Dropout(0.2), torch.nn.Linear(HIDDEN, CLASSES))

    def forward(self, windows):
        return self.head(self.layers(windows)[0][:, -1])


model = Recurrent()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
criterion = torch.nn.CrossEntropyLoss()
print(torch.__version__, flush=True)

for _ in sys.stdin:
    start = time.perf_counter()
    order = torch.randperm(SAMPLES)
    for first in range(0, SAMPLES, BATCH):
        rows = order[first : first + BATCH]
        optimizer.zero_grad()
        loss = criterion(model(x[rows[:, None] + steps]), y[rows])
        loss.backward()
        optimizer.step()
    print(time.perf_counter() - start, flush=True)
