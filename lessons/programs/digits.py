import torch
from torch import nn
from backstep.data import digits

torch.manual_seed(0)
images, labels = digits(500)                  # (500, 1, 8, 8), (500,)
train_x, train_y = images[:400], labels[:400]
test_x, test_y = images[400:], labels[400:]

net = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(8 * 4 * 4, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)

for epoch in range(15):
    for i in range(0, 400, 50):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(train_x[i:i + 50]), train_y[i:i + 50])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (net(test_x).argmax(1) == test_y).float().mean()
    print(f"epoch {epoch + 1:2d}  loss {loss.item():.3f}  right {right.item():.0%}")
