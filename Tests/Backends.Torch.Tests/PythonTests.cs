using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>Plain scripts in Python's torch, which has nothing of this repository: each primitive once, and the examples.</summary>
public class PythonTests
{
    private const string Program = """
        import sys, torch
        KINDS = {"f32": torch.float32, "f64": torch.float64, "i64": torch.int64, "bool": torch.bool}
        nan, inf = float("nan"), float("inf")
        def T(kind, shape, data): return torch.tensor(data, dtype=KINDS[kind]).reshape(shape)
        def close(x, y, bound):
            if x.shape != y.shape or x.dtype != y.dtype: return False
            if not x.is_floating_point(): return torch.equal(x, y)
            return torch.allclose(x.double(), y.double(), rtol=bound, atol=bound, equal_nan=True)
        bad = 0
        count = 0
        def check(name, text, inputs, constants, returned, carried, bound):
            global bad, count
            count += 1
            try:
                with torch.no_grad(): results = torch.jit.CompilationUnit(text).step(inputs, constants)
                for i, (x, y) in enumerate(zip(results, returned)):
                    if not close(x, y, bound): raise ValueError(f"result {i} is {x}, not {y}")
                for i, y in carried:
                    if not close(inputs[i], y, bound): raise ValueError(f"input {i} becomes {inputs[i]}, not {y}")
                if len(results) != len(returned): raise ValueError("another number of results")
            except Exception as e:
                bad += 1
                print(f"{name}: {e}\n{text}")
        exec(open(sys.argv[1]).read())
        print(f"{count} scripts, {bad} bad")
        """;

    [PythonTorchFact]
    public void Scripts_run_in_python_as_they_are()
    {
        var cases = new StringBuilder();
        var count = 0;
        foreach (var op in Enum.GetValues<OpCode>().Where(op => op != OpCode.Input))
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                var sample = OpTable.Rule(op).Samples(type).First();
                Tensor[] inputs = [.. sample.Operands.Select((value, i) => TensorMath.Input($"x{i}", value.DType, value.Shape))];
                Add(cases, $"{op} {type}", new TensorGraph(inputs, [("y", Tensor.Create(op, [.. inputs], sample.Attributes))]), [], [.. sample.Operands], type == DType.F32 ? 1e-5 : 1e-12);
                count++;
            }
        }
        foreach (var example in ScriptGraphs.All)
        {
            Add(cases, example.Name, example.Graph, example.Carries, example.Inputs, 1e-5);
            count++;
        }
        var folder = Directory.CreateTempSubdirectory("probnet-python-");
        try
        {
            string program = Path.Combine(folder.FullName, "run.py"), data = Path.Combine(folder.FullName, "cases.py");
            File.WriteAllText(program, Program);
            File.WriteAllText(data, cases.ToString());
            var output = PythonTorch.Run(program, data);
            Assert.EndsWith($"{count} scripts, 0 bad", output.Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Add(StringBuilder cases, string name, TensorGraph graph, EqArray<Carry> carries, HostTensor[] inputs, double bound)
    {
        var script = PlainEmitter.Emit(graph, carries);
        var expected = Reference.Evaluate(graph, inputs);
        cases.Append(CultureInfo.InvariantCulture, $"check({Text(name)}, {Text(script.Text)}, {List(inputs)}, {List(script.Constants)}, {List(script.Returned.Select(o => expected[o]))}, ")
            .Append(CultureInfo.InvariantCulture, $"[{string.Join(", ", carries.Select(c => $"({c.Input}, {Literal(expected[c.Output])})"))}], {bound})\n");
    }

    private static string List(IEnumerable<HostTensor> values) => $"[{string.Join(", ", values.Select(Literal))}]";

    private static string Literal(HostTensor value)
    {
        var elements = Enumerable.Range(0, value.Data.Length).Select(i => value.Data switch
        {
            long[] l => l[i].ToString(CultureInfo.InvariantCulture),
            bool[] b => b[i] ? "True" : "False",
            _ => value[i] switch
            {
                double.NaN => "nan",
                double.PositiveInfinity => "inf",
                double.NegativeInfinity => "-inf",
                var v => v.ToString("R", CultureInfo.InvariantCulture),
            },
        });
        return $"T('{value.DType.Name()}', {value.Shape}, [{string.Join(", ", elements)}])";
    }

    private static string Text(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + "\"";
}

/// <summary>A Python that has torch.</summary>
internal static class PythonTorch
{
    private static readonly Lazy<string?> Found = new(() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(HasTorch));

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing => Found.Value is null ? "no python3 with torch: install python3-torch" : null;

    /// <summary>What a program prints, with its errors behind.</summary>
    public static string Run(params string[] arguments) => Start(Found.Value ?? throw new InvalidOperationException(Missing), arguments).Output;

    private static bool HasTorch(string python)
    {
        try
        {
            return Start(python, "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)").Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output) Start(string python, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}

/// <summary>A test that needs Python's torch: skipped where it is missing, unless PROBNET_REQUIRE_TORCH=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonTorchFactAttribute : FactAttribute
{
    public PythonTorchFactAttribute()
    {
        if (!TorchTestRuntime.IsRequired) Skip = PythonTorch.Missing;
    }
}
