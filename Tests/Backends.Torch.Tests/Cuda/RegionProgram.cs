using System.Globalization;
using System.Text.RegularExpressions;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>A program for the operator <c>probnet.region</c> with what it works on.</summary>
/// <param name="Name">For people.</param>
/// <param name="Text">The statements.</param>
/// <param name="Inputs">What is read.</param>
/// <param name="Updated">Which inputs are written over.</param>
internal sealed record RegionProgram(string Name, string Text, HostTensor[] Inputs, int[] Updated)
{
    private static readonly Regex Result = new(@"(out|set) ([\d ]*)= (?:sum |max )?v(\d+)");

    /// <summary>The results in the order of their statements: the updated input, or the type and shape of a new tensor.</summary>
    public IEnumerable<(int? Updated, DType Type, Shape Shape)> Results
    {
        get
        {
            foreach (System.Text.RegularExpressions.Match match in Result.Matches(Text))
            {
                int[] numbers = [.. match.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => int.Parse(w, CultureInfo.InvariantCulture))];
                var type = Regex.Match(Text, $@"(\w+) v{match.Groups[3].Value} =").Groups[1].Value switch
                {
                    "f32" => DType.F32,
                    "f64" => DType.F64,
                    "i64" => DType.I64,
                    _ => DType.Bool,
                };
                if (match.Groups[1].Value == "set") yield return (Updated[numbers[0]], type, Inputs[Updated[numbers[0]]].Shape);
                else yield return (null, type, Shape.Create(numbers));
            }
        }
    }

    /// <summary>The new tensors, and after them the updated ones, as a device computes them.</summary>
    public HostTensor[] On(ITorchRuntime runtime, TorchDevice device)
    {
        var text = $"""
            def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:
                return probnet.region("{Text}", inputs, [{string.Join(", ", Updated.Select(u => $"inputs[{u}]"))}])

            """;
        using var script = runtime.Compile(text);
        ITorchTensor[] inputs = [.. Inputs.Select(x => runtime.Create(device, x.DType, x.Shape))];
        for (var i = 0; i < inputs.Length; i++) inputs[i].Write(Inputs[i]);
        using var step = runtime.Bind(script, "step", inputs, []);
        step.Run();
        var made = Results.Where(r => r.Updated is null).Select((r, i) => Transfers.Read(step, i, r.Type, r.Shape)).ToList();
        made.AddRange(Updated.Select(u => Transfers.Read(inputs[u], Inputs[u].DType, Inputs[u].Shape)));
        foreach (var input in inputs) input.Dispose();
        return [.. made];
    }
}

/// <summary>Host tensors to and from libtorch's.</summary>
internal static class Transfers
{
    public static HostTensor Read(ITorchTensor tensor, DType type, Shape shape)
    {
        var value = HostTensor.Zeros(type, shape);
        switch (value.Data)
        {
            case float[] f: tensor.Read<float>(f); break;
            case double[] d: tensor.Read<double>(d); break;
            case long[] l: tensor.Read<long>(l); break;
            case bool[] b: tensor.Read<bool>(b); break;
        }
        return value;
    }

    public static HostTensor Read(ITorchStep step, int output, DType type, Shape shape)
    {
        var value = HostTensor.Zeros(type, shape);
        switch (value.Data)
        {
            case float[] f: step.Read<float>(output, f); break;
            case double[] d: step.Read<double>(output, d); break;
            case long[] l: step.Read<long>(output, l); break;
            case bool[] b: step.Read<bool>(output, b); break;
        }
        return value;
    }
}
