using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Data that a distribution cannot have produced is refused, with the row and the reason.</summary>
public sealed class DataSupportTests
{
    [Theory]
    [InlineData("binomial 10 0.3 |> iid [n]", "0 10 3", null, "")]
    [InlineData("binomial 10 0.3 |> iid [n]", "0 11 3", "PN0509", "has the value 11 in the data, but in the model it lies below 11")]
    [InlineData("binomial 10 0.3 |> iid [n]", "0 4 -3", "PN0509", "the value -3 in row 3")]
    [InlineData("negativeBinomial 4.0 2.0 |> iid [n]", "5 -1", "PN0509", "the value -1 in row 2")]
    [InlineData("negativeBinomial 4.0 2.0 |> iid [n]", "5 1.5", "PN0508", "1.5 in row 2")]
    [InlineData("orderedLogistic 0.3 (zeros [2]) |> iid [n]", "0 2 1", null, "")]
    [InlineData("orderedLogistic 0.3 (zeros [2]) |> iid [n]", "0 2 3", "PN0509", "has the value 3 in the data, but in the model it lies below 3")]
    [InlineData("dirichlet (ones [2]) |> iid [n]", "0.25 0.75;0.5 0.5", null, "")]
    [InlineData("dirichlet (ones [2]) |> iid [n]", "0.25 0.75;0.5 0.4", "PN0509", "a vector that sums to 0.9 in row 2")]
    [InlineData("dirichlet (ones [2]) |> iid [n]", "1.25 -0.25;0.5 0.5", "PN0509", "the negative component -0.25 in row 1")]
    [InlineData("multinomial 5 (zeros [2]) |> iid [n]", "2 3;5 0", null, "")]
    [InlineData("multinomial 5 (zeros [2]) |> iid [n]", "2 3;4 0", "PN0509", "counts that sum to 4 instead of 5 in row 2")]
    [InlineData("oneHotCategorical (zeros [2]) |> iid [n]", "0 1;1 1", "PN0509", "a vector that is not a single 1 among zeros in row 2")]
    [InlineData("lkjCholesky 2 1.5", "1 0;0.6 0.8", null, "")]
    [InlineData("lkjCholesky 2 1.5", "1 0;0.6 0.9", "PN0509", "a row whose length is not 1")]
    [InlineData("lkjCholesky 2 1.5", "1 0.5;0.6 0.8", "PN0509", "0.5 above its diagonal")]
    [InlineData("lkjCholesky 2 1.5", "1 0;0.6 -0.8", "PN0509", "-0.8 on its diagonal")]
    public void Values_must_lie_in_the_support(string distribution, string rows, string? code, string says)
    {
        var model = CheckerTests.Model($$"""
            module M
            model test [n] = prob {
                let! row = normal 0.0 1.0 |> iid [n]
                let! y = {{distribution}}
                return y
            }
            """);
        double[][] values = [.. rows.Split(';').Select(r => r.Split(' ').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
        var data = values.Length == 1 ? HostTensor.Of([values[0].Length], values[0]) : HostTensor.Of([values.Length, values[0].Length], [.. values.SelectMany(v => v)]);
        var sizes = new Dictionary<string, int> { ["n"] = data.Shape[0] };
        var (binding, diagnostics) = DataBinder.Bind(model, [new("y", data, null, default)], DType.F64, sizes);
        Assert.Equal(code is null, binding is not null);
        if (code is null) return;
        var fault = Assert.Single(diagnostics);
        Assert.Equal(code, fault.Code.Id);
        Assert.Contains(says, fault.Message);
    }
}
