using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Programs at random: functions that stay in bounds, of loads in all forms and draws, kept and folded in all forms.</summary>
internal static class RandomProgram
{
    public static RegionProgram Make(int seed)
    {
        var state = (ulong)(seed + 1) * 0x9E3779B97F4A7C15;
        int rows = 1 + Next(40), columns = 4 * (1 + Next(40));
        if (Next(3) == 0) columns++;
        var size = rows * columns;
        var type = Next(2) == 0 ? "f32" : "f64";
        var dtype = type == "f32" ? DType.F32 : DType.F64;
        var lines = new List<string> { $"space {size}" };
        var count = 0;
        HostTensor[] inputs = [
            HostTensor.Of([], [(long)seed - 5]), HostTensor.Of([], [17L]), HostTensor.Of([rows], [.. Enumerable.Range(0, rows).Select(i => (long)i * 3)]),
            Values(size), Values(columns), Values(rows), Values(size),
        ];
        Add("load 3");
        Add($"load 4 0 : {rows} {columns} : 0 1");
        Add($"load 5 0 : {rows} {columns} : 1 0");
        Add($"load 3 0 : {columns} {rows} : 1 {columns}");
        Add($"load 6 {size - 1} : {size} : -1");
        Add($"load 4 {columns - 1} : 1 : 0");
        Add("literal 0.375");
        if (Next(2) == 0) Add($"{(Next(2) == 0 ? "normal" : "uniform")} 0 1 2 {Next(1000)} {columns}");
        if (Next(2) == 0) Add($"randomSign 0 1 2 {Next(1000)} {columns}");
        var steps = 3 + Next(10);
        for (var i = 0; i < steps; i++)
        {
            string a = $"v{Next(count)}", b = $"v{Next(count)}";
            switch (Next(6))
            {
                case 0: Add($"tanh {a}"); break;
                case 1: Add($"sigmoid {a}"); break;
                case 2: Add($"max {a} {b}"); break;
                case 3: Add($"sin {a}"); break;
                case 4:
                    Add($"add {a} {b}");
                    Add($"tanh v{count - 1}");
                    break;
                default:
                    Add($"mul {a} {b}");
                    Add($"tanh v{count - 1}");
                    break;
            }
        }
        if (Next(2) == 0) lines.Add($"out {rows} {columns} = v{count - 1}");
        int[] updated = Next(2) == 0 ? [6] : [];
        // What is written over is read element by element alone.
        if (updated.Length > 0)
        {
            lines[5] = $"{type} v4 = load 6";
            lines.Add($"set 0 = v{count - 2}");
        }
        if (Next(2) == 0) lines.Add($"out = sum v{count - 1}");
        if (Next(2) == 0) lines.Add($"out {rows} = sum v{count - 1} rows {columns}");
        if (Next(2) == 0) lines.Add($"out {columns} = sum v{count - 2} columns {columns}");
        lines.Add($"out {rows} = max v{count - 3} rows {columns}");
        return new(string.Create(CultureInfo.InvariantCulture, $"random program {seed}"), string.Join(";", lines), inputs, updated);

        void Add(string expression) => lines.Add($"{type} v{count++} = {expression}");

        HostTensor Values(int length) => HostTensor.FromDoubles(dtype, [length], [.. Enumerable.Range(0, length).Select(_ => (Next(4001) - 2000) / 997.0)]);

        int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)((state >> 33) % (ulong)below);
        }
    }
}
