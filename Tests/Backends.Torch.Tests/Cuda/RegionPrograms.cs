using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Programs that together use all that regions can do.</summary>
internal static class RegionPrograms
{
    /// <summary>Every function on every type that has it, at ordinary and at awkward arguments.</summary>
    public static IEnumerable<RegionProgram> Functions()
    {
        string[] unary = ["neg", "abs", "sign", "floor", "exp", "expm1", "log", "log1p", "sqrt", "tanh", "sigmoid", "softplus", "sin", "cos", "atan", "erf"];
        string[] binary = ["add", "sub", "mul", "div", "pow", "max", "min"], compare = ["equal", "less", "lessEqual"];
        foreach (var type in new[] { DType.F32, DType.F64, DType.I64 })
        {
            var (x, y) = (Numbers(type, 0), Numbers(type, 7));
            var text = new StringBuilder($"space {x.Shape.Size};{type.Name()} v0 = load 0;{type.Name()} v1 = load 1;");
            var count = 2;
            foreach (var name in unary.Where(n => type.IsFloat() || n is "neg" or "abs" or "sign")) Value(type.Name(), $"{name} v0");
            foreach (var name in binary.Where(n => type.IsFloat() || n is not ("div" or "pow"))) Value(type.Name(), $"{name} v0 v1");
            foreach (var name in compare) Value("bool", $"{name} v0 v1");
            if (type.IsFloat()) Value("bool", "isFinite v0");
            // Of the comparisons, the last three: not, and, or, equality, selection, conversions.
            var last = count - 1;
            Value("bool", $"not v{last}");
            Value("bool", $"and v{last} v{last - 1}");
            Value("bool", $"or v{last} v{last - 1}");
            Value("bool", $"equal v{last} v{last - 1}");
            Value(type.Name(), $"select v{last} v0 v1");
            Value("bool", $"select v{last} v{last - 1} v{last}");
            foreach (var to in new[] { "f32", "f64", "bool" }) Value(to, "convert v0");
            Value("f32", $"convert v{last}");
            Value("i64", $"convert v{last}");
            text.Append(string.Concat(Enumerable.Range(2, count - 2).Select(i => $"out {x.Shape.Size} = v{i};")));
            yield return new($"functions of {type}", text.ToString(), [x, y], []);

            void Value(string of, string expression) => text.Append($"{of} v{count++} = {expression};");
        }
        yield return new("to integers", "space 7;f64 v0 = load 0;f32 v1 = load 1;i64 v2 = convert v0;i64 v3 = convert v1;out 7 = v2;out 7 = v3",
            [HostTensor.Of([7], [-3.7, -0.5, 0.0, 0.5, 2.99, 1e15, -7e17]), HostTensor.Of([7], [-3.7f, -0.5f, 0, 0.5f, 2.99f, 1e15f, -7e17f])], []);
        yield return new("literals", "space 3;f32 v0 = literal 0.1;f64 v1 = literal 1e300;i64 v2 = literal -9223372036854775808;bool v3 = literal 1;f32 v4 = literal -inf;f64 v5 = literal nan;f32 v6 = literal 1e-45;"
            + "out 3 = v0;out 3 = v1;out 3 = v2;out 3 = v3;out 3 = v4;out 3 = v5;out 3 = v6", [], []);
    }

    /// <summary>Views: transposed, broadcast, sliced, scalar; one loaded twice.</summary>
    public static IEnumerable<RegionProgram> Loads()
    {
        var x = Ramp(DType.F32, [5, 7, 3]);
        var row = Ramp(DType.F32, [3]);
        yield return new("strides", "space 105;f32 v0 = load 0 0 : 3 7 5 : 1 3 21;f32 v1 = load 1 0 : 1 35 3 : 9 0 1;f32 v2 = load 0 104 : 105 : -1;f32 v3 = load 0 20 : 1 : 0;f32 v4 = load 0;"
            + "f32 v5 = add v0 v1;f32 v6 = mul v2 v3;f32 v7 = sub v5 v6;f32 v8 = add v7 v4;out 105 = v8;out 5 7 3 = v2", [x, row], []);
        yield return new("slices", "space 12;f32 v0 = load 0 22 : 2 2 3 : 21 6 1;i64 v1 = load 1 1 : 4 3 : 3 0;i64 v2 = load 1;out 12 = v0;out 2 6 = v1;out 12 = v2", [x, Ramp(DType.I64, [12])], []);
        yield return new("wide", "space 3000;f64 v0 = load 0;f64 v1 = load 1 0 : 3000 : 0;f64 v2 = mul v0 v1;out 3000 = v2", [Ramp(DType.F64, [3000]), Ramp(DType.F64, [1])], []);
    }

    /// <summary>Draws of each kind and type, with events that end inside, at and after a block of words.</summary>
    public static IEnumerable<RegionProgram> Draws()
    {
        HostTensor[] counters = [HostTensor.Of([], [-81985529216486896L]), HostTensor.Of([], [(7L << 32) + 4000000001]), HostTensor.Of([3], [0L, (5L << 32) + 2, -3])];
        foreach (var type in new[] { "f32", "f64" })
        {
            foreach (var size in new[] { 1, 2, 3, 4, 8, 63, 128, 130, 640 })
            {
                yield return new($"draws of {size} {type}", $"space {3 * size};{type} v0 = uniform 0 1 2 77 {size};{type} v1 = normal 0 1 2 78 {size};{type} v2 = randomSign 0 1 2 4294967295 {size};"
                    + $"{type} v3 = mul v1 v2;out {3 * size} = v0;out {3 * size} = v1;out {3 * size} = v2;out = sum v3;out 3 = sum v0 rows {size};out {size} = max v1 columns {size}", counters, []);
            }
        }
        yield return new("mixed draws", "space 96;f32 v0 = normal 0 1 2 5 32;f64 v1 = normal 0 1 2 6 96;f32 v2 = randomSign 0 1 2 7 32;f64 v3 = convert v0;f64 v4 = convert v2;f64 v5 = mul v1 v3;f64 v6 = mul v5 v4;f32 v7 = convert v6;out 96 = v7;out = sum v7;out 96 = v1", counters, []);
    }

    /// <summary>Folds of all forms and types over sizes around the numbers of lanes and parts.</summary>
    public static IEnumerable<RegionProgram> Folds()
    {
        foreach (var type in new[] { DType.F32, DType.F64, DType.I64 })
        {
            foreach (var (rows, columns) in new[] { (1, 1), (3, 5), (7, 33), (2, 1100), (257, 3), (31, 257), (1, 20011), (6007, 2), (700, 13), (0, 4) })
            {
                var size = rows * columns;
                var t = type.Name();
                yield return new($"folds of {rows} x {columns} {t}", $"space {size};{t} v0 = load 0;{t} v1 = mul v0 v0;{t} v2 = sub v1 v0;out = sum v2;out = max v2;out {rows} = sum v1 rows {columns};out {rows} = max v0 rows {columns};"
                    + $"out {columns} = sum v2 columns {columns};out {columns} = max v1 columns {columns};out {size} = v2", [Ramp(type, [size])], []);
            }
        }
        yield return new("max with NaN", "space 600;f32 v0 = load 0;out = max v0;out 6 = max v0 rows 100;out 100 = max v0 columns 100",
            [HostTensor.Of([600], [.. Enumerable.Range(0, 600).Select(i => i == 437 ? float.NaN : i < 100 ? float.NegativeInfinity : i * 0.5f)])], []);
    }

    /// <summary>Values written over what was read, beside folds of the old ones.</summary>
    public static IEnumerable<RegionProgram> Updates()
    {
        HostTensor state = Ramp(DType.F32, [1500]), gradient = Ramp(DType.F32, [1500]);
        yield return new("in place", "space 1500;f32 v0 = load 0;f32 v1 = load 1;f32 v2 = literal 0.9;f32 v3 = mul v0 v2;f32 v4 = add v3 v1;f32 v5 = sub v1 v4;set 0 = v4;set 1 = v5;out = sum v0;out 1500 = v3", [state, gradient], [0, 1]);
        yield return new("in place after folds", "space 1500;f32 v0 = load 0;f32 v1 = literal 2;f32 v2 = mul v0 v1;set 0 = v2;out 15 = sum v0 rows 100;out 100 = sum v0 columns 100;out = max v2", [state], [0]);
    }

    // Numbers of both signs, tiny and huge, with the special ones; beside each stands another by a shift.
    private static HostTensor Numbers(DType type, int shift)
    {
        if (type == DType.I64) return HostTensor.Of([11], [.. new long[] { 0, 1, -1, 7, -13, 1L << 40, -(1L << 40), 3, 3, 100, -100 }.Select((_, i) => new long[] { 0, 1, -1, 7, -13, 1L << 40, -(1L << 40), 3, 3, 100, -100 }[(i + shift) % 11])]);
        double[] values = [0, -0.0, 1, -1, 0.5, -0.25, 1e-3, -2e-3, 3.7, -4.2, 11.5, -17, 30, -30, 80, -80, 1e-20, 1e15, -1e15, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.9999, 2.5];
        return HostTensor.FromDoubles(type, [values.Length], [.. values.Select((_, i) => values[(i + shift) % values.Length])]);
    }

    private static HostTensor Ramp(DType type, Shape shape) => type == DType.I64
        ? HostTensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => (i * 7919L + 13) % 101 - 50)])
        : HostTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, shape.Size).Select(i => ((i * 7919L + 13) % 1009 - 500) / 173.0)]);
}
