namespace ProbNet.Backends.Torch;

/// <summary>Windows of images [n, height, width, channels]. An axis is the list size, stride, dilation, low, high, count.</summary>
internal static class PreludeWindows
{
    public static PreludeFunction[] Functions =>
    [
        new("pad_image", """
            def pad_image(x: Tensor, rows: List[int], columns: List[int]) -> Tensor:
                return torch.constant_pad_nd(x, [0, 0, columns[3], columns[4], rows[3], rows[4]], 0)
            """),
        // What position (i, j) of each window sees.
        new("window_position", """
            def window_position(x: Tensor, rows: List[int], columns: List[int], i: int, j: int) -> Tensor:
                top = i * rows[2]
                left = j * columns[2]
                return x[:, top:top + (rows[5] - 1) * rows[1] + 1:rows[1], left:left + (columns[5] - 1) * columns[1] + 1:columns[1]]
            """),
        new("unfold", """
            def unfold(x: Tensor, rows: List[int], columns: List[int]) -> Tensor:
                p = pad_image(x, rows, columns).contiguous()
                channels = p.size(3)
                row = p.size(2) * channels
                return torch.as_strided(
                    p, [p.size(0), rows[5], columns[5], rows[0], columns[0], channels],
                    [p.size(1) * row, rows[1] * row, columns[1] * channels, rows[2] * row, columns[2] * channels, 1])
            """, "pad_image"),
        new("fold", """
            def fold(windows: Tensor, height: int, width: int, rows: List[int], columns: List[int]) -> Tensor:
                image = windows.new_zeros([windows.size(0), rows[3] + height + rows[4], columns[3] + width + columns[4], windows.size(5)])
                for i in range(rows[0]):
                    for j in range(columns[0]):
                        window_position(image, rows, columns, i, j).add_(windows[:, :, :, i, j])
                return image[:, rows[3]:rows[3] + height, columns[3]:columns[3] + width]
            """, "window_position"),
        // The number of the position of each window's first maximum; NaN counts as the largest, padding never wins.
        new("window_winner", """
            def window_winner(x: Tensor, rows: List[int], columns: List[int]) -> Tensor:
                p = pad_image(x, rows, columns)
                seen = pad_image(torch.ones_like(x[:1, :, :, :1]), rows, columns) != 0
                best = window_position(p, rows, columns, 0, 0)
                found = window_position(seen, rows, columns, 0, 0)
                winner = torch.zeros_like(best, dtype=4)
                for k in range(1, rows[0] * columns[0]):
                    value = window_position(p, rows, columns, k // columns[0], k % columns[0])
                    inside = window_position(seen, rows, columns, k // columns[0], k % columns[0])
                    above = torch.logical_or(value > best, torch.logical_and(value != value, best == best))
                    wins = torch.logical_and(inside, torch.logical_or(above, torch.logical_not(found)))
                    best = torch.where(wins, value, best)
                    winner = winner.masked_fill(wins, k)
                    found = torch.logical_or(found, inside)
                return winner
            """, "pad_image", "window_position"),
        new("window_pick", """
            def window_pick(x: Tensor, v: Tensor, rows: List[int], columns: List[int]) -> Tensor:
                winner = window_winner(x, rows, columns)
                p = pad_image(v, rows, columns)
                result = window_position(p, rows, columns, 0, 0)
                for k in range(1, rows[0] * columns[0]):
                    result = torch.where(winner == k, window_position(p, rows, columns, k // columns[0], k % columns[0]), result)
                return result
            """, "window_winner", "pad_image", "window_position"),
        new("window_route", """
            def window_route(x: Tensor, u: Tensor, rows: List[int], columns: List[int]) -> Tensor:
                winner = window_winner(x, rows, columns)
                image = pad_image(torch.zeros_like(x), rows, columns)
                nothing = torch.zeros_like(u)
                for k in range(rows[0] * columns[0]):
                    window_position(image, rows, columns, k // columns[0], k % columns[0]).add_(torch.where(winner == k, u, nothing))
                return image[:, rows[3]:rows[3] + x.size(1), columns[3]:columns[3] + x.size(2)]
            """, "window_winner", "pad_image", "window_position"),
    ];
}
