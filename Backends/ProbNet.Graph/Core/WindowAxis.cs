namespace ProbNet.Graph;

/// <summary>
/// How windows lie along one axis of an image: output position o sees the image positions o * Stride + k * Dilation - Low for k in 0 … Size - 1;
/// positions outside the image are padding.
/// </summary>
/// <param name="Image">The size of the image's axis.</param>
/// <param name="Size">The number of positions in a window.</param>
/// <param name="Stride">The step from one window to the next.</param>
/// <param name="Dilation">The step from one position of a window to the next.</param>
/// <param name="Low">Padding before the image.</param>
/// <param name="High">Padding after the image.</param>
public readonly record struct WindowAxis(int Image, int Size, int Stride = 1, int Dilation = 1, int Low = 0, int High = 0)
{
    /// <summary>The span of a window: the distance from its first to its last position, plus one.</summary>
    public int Extent => Dilation * (Size - 1) + 1;

    /// <summary>The number of windows.</summary>
    public int Count => Image == 0 ? 0 : (Low + Image + High - Extent) / Stride + 1;

    /// <summary>Windows wholly inside the image; trailing positions that no window reaches are left out.</summary>
    public static WindowAxis Valid(int image, int size, int stride = 1, int dilation = 1) => new(image, size, stride, dilation);

    /// <summary>ceil(image / stride) windows, with padding shared between both ends; of an odd padding the greater part comes after.</summary>
    public static WindowAxis Same(int image, int size, int stride = 1, int dilation = 1)
    {
        var count = (image + stride - 1) / stride;
        var padding = Math.Max((count - 1) * stride + dilation * (size - 1) + 1 - image, 0);
        return new(image, size, stride, dilation, padding / 2, padding - padding / 2);
    }

    /// <summary>The image position that position <paramref name="k"/> of window <paramref name="o"/> sees; outside 0 … Image - 1 for padding.</summary>
    public int At(int o, int k) => o * Stride + k * Dilation - Low;

    /// <summary>Whether the numbers describe windows at all.</summary>
    public bool IsLegal => Image >= 0 && Size >= 1 && Stride >= 1 && Dilation >= 1 && Low >= 0 && High >= 0 && (Image == 0 || Low + Image + High >= Extent);

    /// <summary>Whether every window sees the image somewhere.</summary>
    public bool SeesImage
    {
        get
        {
            for (var o = 0; o < Count; o++)
            {
                var sees = false;
                for (var k = 0; k < Size && !sees; k++) sees = (uint)At(o, k) < (uint)Image;
                if (!sees) return false;
            }
            return true;
        }
    }

    /// <summary>Whether each window is one position and each position one window.</summary>
    public bool IsIdentity => Size == 1 && Stride == 1 && Low == 0 && High == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Size} of {Image}, stride {Stride}, dilation {Dilation}, padding {Low} and {High}";
}
