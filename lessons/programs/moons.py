import torch
from torch import nn
from backstep.data import moons

torch.manual_seed(0)
points, classes = moons(200, noise=0.1)

net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)

for step in range(101):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(points), classes)
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        right = (net(points).argmax(1) == classes).float().mean()
        print(f"step {step:3d}  loss {loss.item():.3f}  right {right.item():.0%}")
